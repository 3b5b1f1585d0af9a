package org.rlaif.training.rows;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import java.util.zip.GZIPOutputStream;
import org.duckdb.DuckDBDriver;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlaif.kit.Message;
import org.rlaif.kit.UserError;
import org.rlaif.training.config.DataConfig.Limits;

class TableTest {
  private static final Limits LIMITS = new Limits(1_000_000, 4_000_000, 1_000_000_000);

  @TempDir Path folder;

  @Test
  void csvIsTextInColumns() throws IOException {
    String csv = "prompt,completion,n\n\"a, \"\"x\"\"\nsecond\",ü 🎲,007\nc,,true\n\"\",d,1.50\n";
    List<String> expected =
        List.of(
            "{\"prompt\":\"a, \\\"x\\\"\\nsecond\",\"completion\":\"ü 🎲\",\"n\":\"007\"}",
            "{\"prompt\":\"c\",\"completion\":null,\"n\":\"true\"}",
            "{\"prompt\":\"\",\"completion\":\"d\",\"n\":\"1.50\"}");
    for (String text :
        List.of(
            csv,
            "\uFEFF" + csv,
            "\n\n" + csv,
            csv.replace("\n", "\r\n").replace("\r\nsecond", "\nsecond"),
            csv.replace("a, ", "#").replace(',', '\t').replace("#", "a, "))) {
      Path file = Files.writeString(folder.resolve("f"), text);
      FileRows content = read(file, "");
      assertEquals(expected, json(content.rows()), text);
      assertEquals("CSV", content.format());
      assertEquals("f:3", content.rows().get(2).id());
    }
    Path packed = folder.resolve("packed");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(packed))) {
      out.write(csv.getBytes(StandardCharsets.UTF_8));
    }
    assertEquals(expected, json(read(packed, "").rows()));
    assertEquals("CSV, gzip", read(packed, "").format());
    sql(
        "COPY (FROM read_csv('%s', all_varchar=true, compression='gzip')) TO '%s' (FORMAT csv, COMPRESSION zstd)"
            .formatted(packed, folder.resolve("z")));
    assertEquals("CSV, zstd", read(folder.resolve("z"), "").format());
    assertEquals(3, read(folder.resolve("z"), "").rows().size());
  }

  @Test
  void aRowOfCsvThatDoesNotFitIsNamed() throws IOException {
    Path file = Files.writeString(folder.resolve("f"), "prompt,completion\na,b\nc,d,e\n");
    assertEquals(
        file
            + ", line 3: 3 columns (expected: 2, as in the header; a text with separators or line"
            + " breaks stands in quotes)",
        message(file, ""));
    Files.writeString(file, "prompt,completion\na,b\nc\n");
    assertTrue(message(file, "").startsWith(file + ", line 3: 1 columns (expected: 2"));
    Files.writeString(file, "prompt,completion\na,\"b\nc,d\n");
    assertTrue(message(file, "").startsWith(file + ", line 2: "), message(file, ""));
    Files.write(file, new byte[] {'a', ',', 'b', '\n', 'c', ',', (byte) 0xff, '\n'});
    assertTrue(message(file, "").contains("UTF-8"), message(file, ""));
    Files.writeString(file, "prompt,completion\n");
    assertEquals(file + ": no rows (expected: at least 1)", message(file, ""));
  }

  @Test
  void parquetKeepsListsAndWhatIsMissing() throws SQLException {
    Path file = folder.resolve("f");
    sql(
        """
        COPY (FROM (VALUES
          (1, [{'role': 'user', 'content': 'Hi', 'tool_calls': NULL},
               {'role': 'assistant', 'content': 'Ho', 'tool_calls': NULL}], 0.5::DOUBLE, true),
          (2, NULL, 'NaN'::DOUBLE, false)) t(id, messages, score, good))
        TO '%s' (FORMAT parquet)
        """
            .formatted(file));
    FileRows content = read(file, "");
    assertEquals("Parquet", content.format());
    Row first = content.rows().get(0);
    assertEquals(
        List.of(Message.user("Hi"), Message.assistant("Ho")),
        assertNotNullAnd(first.cell("messages")).messages());
    assertEquals(0.5, first.number("score", "a number"));
    assertTrue(first.truth("good"));
    Row second = content.rows().get(1);
    assertTrue(!second.has("messages") && !second.truth("good"));
    assertEquals(
        file + ", row 2, column score: NaN (expected: a number)",
        assertThrows(UserError.class, () -> second.number("score", "a number"))
            .getMessage()
            .replace("\"", ""));
  }

  @Test
  void parquetThatIsDamagedIsRefused() throws IOException, SQLException {
    Path file = folder.resolve("f");
    sql("COPY (SELECT 'a' AS prompt FROM range(9)) TO '%s' (FORMAT parquet)".formatted(file));
    byte[] whole = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(whole, whole.length - 3));
    assertTrue(message(file, "").startsWith(file + ": "), message(file, ""));
    assertEquals(1, message(file, "").lines().count());
  }

  @Test
  void limitsHoldForEveryFormat() throws IOException, SQLException {
    Path parquet = folder.resolve("p");
    sql(
        "COPY (SELECT 'abcdefgh' AS prompt, '' AS n FROM range(3)) TO '%s' (FORMAT parquet)"
            .formatted(parquet));
    Path csv = Files.writeString(folder.resolve("c"), "prompt,n\n" + "abcdefgh,\n".repeat(3));
    for (Path file : List.of(parquet, csv)) {
      assertEquals(3, RowFile.read(file(file), new Limits(3, 100, 1000), "").rows().size());
      assertEquals(
          file + ": more than 2 rows (expected: at most so many; data.limits.rows allows more)",
          message(file, new Limits(2, 100, 1000), "n = 'x'"));
      assertEquals(
          file
              + ", row 1: more than 20 characters (expected: at most so many;"
              + " data.limits.rowCharacters allows more)",
          message(file, new Limits(9, 20, 1000), ""));
      assertEquals(
          file
              + ": more than 50 characters (expected: at most so many; data.limits.characters allows"
              + " more)",
          message(file, new Limits(9, 50, 50), ""));
    }
  }

  /** A hundred thousand rows, in order and in a few seconds. */
  @Test
  void manyRowsComeInTheirOrder() throws SQLException {
    Path file = folder.resolve("f");
    sql(
        """
        COPY (SELECT i AS id, 'prompt ' || i AS prompt, repeat('word ', 40) || i AS completion,
          CASE WHEN i %% 3 = 0 THEN 'tie' ELSE 'a' END AS label FROM range(100000) t(i))
        TO '%s' (FORMAT parquet, ROW_GROUP_SIZE 5000)
        """
            .formatted(file));
    long start = System.nanoTime();
    FileRows content = read(file, "label <> 'tie' AND length(prompt) < 4000");
    Duration taken = Duration.ofNanos(System.nanoTime() - start);
    assertEquals(66_666, content.rows().size());
    assertEquals(33_334, content.left());
    for (int i = 0; i < content.rows().size(); i++) {
      Row row = content.rows().get(i);
      assertEquals(row.number() - 1, row.columns().path("id").intValue());
      assertEquals(1 + i + i / 2 + 1, row.number());
    }
    assertTrue(taken.toSeconds() < 30, taken.toString()); // 1 s alone on two cores
  }

  private static Cell assertNotNullAnd(@Nullable Cell cell) {
    assertNotNull(cell);
    return cell;
  }

  private static List<String> json(List<Row> rows) {
    return rows.stream().map(row -> row.columns().toString()).toList();
  }

  private static DataFile file(Path file) {
    return new DataFile(file.toString(), file, "f");
  }

  private static FileRows read(Path file, String where) {
    return RowFile.read(file(file), LIMITS, where);
  }

  private static String message(Path file, String where) {
    return message(file, LIMITS, where);
  }

  private static String message(Path file, Limits limits, String where) {
    return String.valueOf(
        assertThrows(UserError.class, () -> RowFile.read(file(file), limits, where)).getMessage());
  }

  static void sql(String statement) {
    try (Connection database = new DuckDBDriver().connect("jdbc:duckdb:", new Properties());
        Statement run = database.createStatement()) {
      run.execute(statement);
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }
}
