package org.rlaif.kit;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Files that users name. What is no plain file, as a device that never ends or a pipe that nobody
 * writes to, and what is larger than anything that was meant, is refused before it is read.
 */
public final class UserFiles {
  private UserFiles() {}

  /** Refuses whatever is no plain file, nor a link to one. */
  public static void requirePlain(Path file) {
    if (!Files.isRegularFile(file)) {
      throw Files.notExists(file)
          ? new UserError(file + ": no such file")
          : UserError.expected(
              file.toString(),
              Files.isDirectory(file) ? "a folder" : "a device, a pipe or a socket",
              "a file");
    }
  }

  /** Refuses what {@link #requirePlain} does, and files that are larger. */
  public static void requireSize(Path file, long mostBytes) {
    requirePlain(file);
    try {
      long size = Files.size(file);
      UserError.require(
          size <= mostBytes, file.toString(), size + " bytes", "at most " + mostBytes);
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  /** The text of a file in UTF-8 that has at most so many bytes. */
  public static String text(Path file, long mostBytes) {
    requireSize(file, mostBytes);
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  private static UserError unreadable(Path file, IOException e) {
    return new UserError(file + ": cannot be read: " + e.getMessage(), e);
  }

  /**
   * The next line, without its end; null: there is none.
   *
   * @param most characters
   * @param name of the line, in the error about a longer one
   * @param raising what to do for longer ones, in that error
   */
  public static @Nullable String line(BufferedReader text, int most, String name, String raising)
      throws IOException {
    int next = text.read();
    if (next < 0) {
      return null;
    }
    var line = new StringBuilder();
    while (next >= 0 && next != '\n' && next != '\r') {
      if (line.length() == most) {
        throw UserError.expected(
            name, "more than " + most + " characters", "at most so many" + raising);
      }
      line.append((char) next);
      next = text.read();
    }
    if (next == '\r') {
      text.mark(1);
      if (text.read() != '\n') {
        text.reset();
      }
    }
    return line.toString();
  }
}
