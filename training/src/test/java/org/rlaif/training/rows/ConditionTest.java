package org.rlaif.training.rows;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlaif.kit.UserError;
import org.rlaif.training.config.DataConfig.Limits;

class ConditionTest {
  private static final Limits LIMITS = new Limits(1000, 100_000, 1_000_000);

  @TempDir Path folder;
  private List<Path> files = List.of();

  /** The same four rows in three formats: 1 to 4 and a text, which one of them has not. */
  @BeforeEach
  void write() throws IOException {
    Path parquet = folder.resolve("p");
    TableTest.sql(
        "COPY (FROM (VALUES (1, 'a'), (2, 'tie'), (3, NULL), (4, 'bb')) t(n, label)) TO '%s'"
                .formatted(parquet)
            + " (FORMAT parquet)");
    files =
        List.of(
            parquet,
            Files.writeString(folder.resolve("c"), "n,label\n1,a\n2,tie\n3,\n4,bb\n"),
            Files.writeString(
                folder.resolve("j"),
                "{\"n\":1,\"label\":\"a\"}\n\n{\"n\":2,\"label\":\"tie\"}\n{\"n\":3}\n"
                    + "{\"n\":4,\"label\":\"bb\"}\n"));
  }

  @Test
  void leavesOutRowsInEveryFormat() {
    for (Path file : files) {
      assertEquals(List.of("1", "4"), kept(file, "label <> 'tie'"), "null is not unequal to it");
      assertEquals(List.of("2", "3", "4"), kept(file, "n > 1 -- all but the first"));
      assertEquals(List.of("1", "3"), kept(file, "label IS NULL OR length(label) < 2"));
      assertEquals(List.of("3"), kept(file, "n = 3"));
      assertEquals(List.of(), kept(file, "n IN (7, 8)"));
      FileRows content = RowFile.read(file(file), LIMITS, "n % 2 = 1");
      assertEquals(2, content.left());
    }
  }

  @Test
  void rowsKeepTheirNumbers() {
    assertEquals(
        List.of(1, 5),
        RowFile.read(file(files.get(2)), LIMITS, "label <> 'tie'").rows().stream()
            .map(Row::number)
            .toList());
  }

  @Test
  void aWrongOneIsOneLineWithTheReason() {
    for (Path file : files) {
      String start = "data.where: %s (expected: an SQL condition over the columns of a row; ";
      assertEquals(start.formatted("n >") + "syntax error at or near \")\")", message(file, "n >"));
      assertTrue(
          message(file, "labl = 'a'")
              .startsWith(
                  start.formatted("labl = 'a'") + "DuckDB: Referenced column \"labl\" not found"));
      assertTrue(message(file, "label + 1 > 2").startsWith(start.formatted("label + 1 > 2")));
      assertTrue(
          message(file, "CAST(label AS INTEGER) > 2")
              .startsWith(start.formatted("CAST(label AS INTEGER) > 2")));
    }
  }

  @Test
  void itIsAnExpressionAndNothingElse() throws IOException {
    Path out = folder.resolve("out");
    for (String where :
        List.of(
            "true); COPY (SELECT 1) TO '" + out + "'; --",
            "true); SET enable_external_access = true; --",
            "true) UNION SELECT 2 --",
            "true) GROUP BY ALL HAVING (true",
            "true) ORDER BY (1",
            "true) LIMIT (1",
            "n = (SELECT 1)",
            "EXISTS (FROM read_text('/etc/passwd'))",
            "(SELECT count(*) FROM read_text('/etc/passwd')) > 0",
            "n IN (SELECT 1)",
            "row_number() OVER () < 3",
            "n = ?",
            "n = $1",
            "random() < 0.5",
            "now() > '2020-01-01'",
            "current_date > '2020-01-01'",
            "count(*) > 1")) {
      for (Path file : files) {
        String message = message(file, where);
        assertTrue(message.startsWith("data.where: " + where + " (expected: an SQL"), message);
        assertEquals(1, message.lines().count(), message);
      }
    }
    assertFalse(Files.exists(out));
    assertTrue(
        message(files.get(0), "read_text('/etc/passwd') IS NOT NULL").contains("table function"));
  }

  private static List<String> kept(Path file, String where) {
    return RowFile.read(file(file), LIMITS, where).rows().stream()
        .map(row -> row.columns().path("n").asText())
        .toList();
  }

  private static String message(Path file, String where) {
    return String.valueOf(
        assertThrows(UserError.class, () -> RowFile.read(file(file), LIMITS, where), where)
            .getMessage());
  }

  private static DataFile file(Path file) {
    return new DataFile(file.toString(), file, "f");
  }
}
