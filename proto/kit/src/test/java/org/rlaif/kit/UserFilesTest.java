package org.rlaif.kit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UserFilesTest {
  @TempDir Path folder;

  @Test
  void devicesPipesAndFoldersAreNoFiles() throws Exception {
    Path pipe = folder.resolve("pipe");
    assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
    Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("/dev/zero"));
    for (Path each : List.of(pipe, link, Path.of("/dev/zero"))) {
      refused(each + ": a device, a pipe or a socket (expected: a file)", each);
      assertThrows(UserError.class, () -> Json.read(each, Object.class));
      assertThrows(UserError.class, () -> JsonLines.read(each, Object.class));
    }
    refused(folder + ": a folder (expected: a file)", folder);
    Path missing = folder.resolve("missing");
    refused(missing + ": no such file", missing);
  }

  private static void refused(String message, Path file) {
    var error = assertThrows(UserError.class, () -> UserFiles.text(file, 10));
    assertEquals(message, error.getMessage());
  }

  @Test
  void aTextIsNoLongerThanItMayBe() throws IOException {
    Path file = Files.writeString(folder.resolve("text"), "0123456789");
    assertEquals("0123456789", UserFiles.text(file, 10));
    var error = assertThrows(UserError.class, () -> UserFiles.text(file, 9));
    assertEquals(file + ": 10 bytes (expected: at most 9)", error.getMessage());
  }

  /** As Java's own reader cuts them, however long they are. */
  @Test
  void linesEndAsJavaSays() throws IOException {
    for (String text : List.of("", "\n", "a", "a\nb", "a\r\n\r\nb\rc\n", "\r", "\r\n\n\ra")) {
      var lines = new ArrayList<String>();
      try (var reader = new BufferedReader(new StringReader(text))) {
        String line = UserFiles.line(reader, 3, "x", "");
        while (line != null) {
          lines.add(line);
          line = UserFiles.line(reader, 3, "x", "");
        }
        assertNull(line);
      }
      assertEquals(new BufferedReader(new StringReader(text)).lines().toList(), lines);
    }
    try (var reader = new BufferedReader(new StringReader("abc\nabcd"))) {
      assertEquals("abc", UserFiles.line(reader, 3, "f, line 1", "; see y"));
      var error =
          assertThrows(UserError.class, () -> UserFiles.line(reader, 3, "f, line 2", "; see y"));
      assertEquals(
          "f, line 2: more than 3 characters (expected: at most so many; see y)",
          error.getMessage());
    }
  }
}
