package org.rlaif.kit;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/** JSON Lines: one value per line; compressed if the file's name ends in {@code .gz}. */
public final class JsonLines {
  /** In characters. */
  private static final int LONGEST_LINE = 1 << 26;

  private JsonLines() {}

  /** All rows; a row that is not as it should be is named by file and line. */
  public static <T> List<T> read(Path file, Class<T> type) {
    UserFiles.requirePlain(file);
    List<T> rows = new ArrayList<>();
    int number = 0;
    try (BufferedReader lines = open(file)) {
      for (String line = line(file, 1, lines); line != null; line = line(file, number + 1, lines)) {
        number++;
        if (!line.isBlank()) {
          rows.add(Json.MAPPER.readValue(line, type));
        }
      }
    } catch (JsonProcessingException e) {
      throw new UserError(file + ", line " + number + ": " + Json.describe(e), e);
    } catch (IOException e) {
      throw new UserError(file + ": cannot be read: " + e.getMessage(), e);
    }
    return rows;
  }

  private static @Nullable String line(Path file, int number, BufferedReader lines)
      throws IOException {
    return UserFiles.line(lines, LONGEST_LINE, file + ", line " + number, "");
  }

  public static void write(Path file, Iterable<?> rows) {
    AtomicFiles.write(
        file,
        plain -> {
          OutputStream out = isCompressed(file) ? new GZIPOutputStream(plain) : plain;
          for (Object row : rows) {
            out.write(Json.MAPPER.writeValueAsBytes(row));
            out.write('\n');
          }
          if (out instanceof GZIPOutputStream compressed) {
            compressed.finish();
          }
        });
  }

  /** The file's text, decompressed if its name ends in {@code .gz}. */
  public static BufferedReader open(Path file) throws IOException {
    InputStream in = Files.newInputStream(file);
    try {
      if (isCompressed(file)) {
        in = new GZIPInputStream(in);
      }
      return new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
    } catch (IOException e) {
      in.close();
      throw e;
    }
  }

  private static boolean isCompressed(Path file) {
    return file.getFileName().toString().endsWith(".gz");
  }
}
