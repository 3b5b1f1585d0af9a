package org.rlaif.training.rows;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import org.rlaif.kit.AtomicFiles;
import org.rlaif.kit.JsonLines;
import org.rlaif.kit.UserError;

/**
 * A file of rows to be written, in the format that its name ends in: {@code .parquet} and {@code
 * .csv} by DuckDB, {@code .jsonl} and {@code .jsonl.gz} as all JSON Lines are written here. It is
 * whole or not there.
 */
public final class OutputFile {
  private static final Map<String, String> BY_DUCKDB =
      Map.of(".parquet", "FORMAT parquet, COMPRESSION zstd", ".csv", "FORMAT csv, HEADER true");

  private static final long LEAST_OBJECT = 16L << 20; // DuckDB's own most, in bytes

  private final Path path;
  private final String copyOptions; // empty: JSON Lines

  private OutputFile(Path path, String copyOptions) {
    this.path = path;
    this.copyOptions = copyOptions;
  }

  /** A file to be written; refuses a name that says nothing. */
  public static OutputFile of(Path path) {
    String name = path.toString();
    for (Map.Entry<String, String> each : BY_DUCKDB.entrySet()) {
      if (name.endsWith(each.getKey())) {
        return new OutputFile(path, each.getValue());
      }
    }
    UserError.require(
        name.endsWith(".jsonl") || name.endsWith(".jsonl.gz"),
        "file to write",
        path,
        "a name that ends in .parquet, .jsonl, .jsonl.gz or .csv");
    return new OutputFile(path, "");
  }

  private boolean isCsv() {
    return copyOptions.startsWith("FORMAT csv");
  }

  /**
   * Writes rows.
   *
   * @param rows of columns; an object in CSV is written as JSON
   * @throws UserError if a column has values that the format cannot have
   */
  public void write(List<ObjectNode> rows) {
    if (copyOptions.isEmpty()) {
      JsonLines.write(path, rows);
      return;
    }
    List<ObjectNode> table = isCsv() ? rows.stream().map(OutputFile::flat).toList() : rows;
    UserError.require(
        !isCsv() || table.stream().allMatch(row -> row.size() > 1),
        path.toString(),
        "one column",
        "two or more, in CSV; .parquet and .jsonl take one");
    String columns = ColumnType.ofAll(table);
    AtomicFiles.write(
        path,
        out -> {
          Path folder = Files.createTempDirectory("rlaif-rows");
          try {
            Path lines = folder.resolve("rows.jsonl");
            Path written = folder.resolve("written");
            JsonLines.write(lines, table);
            copy(lines, columns, written);
            Files.copy(written, out);
          } finally {
            AtomicFiles.deleteRecursively(folder);
          }
        });
  }

  private static ObjectNode flat(ObjectNode row) {
    ObjectNode flat = row.deepCopy();
    for (Map.Entry<String, JsonNode> each : row.properties()) {
      UserError.require(
          !each.getValue().path(0).isObject(),
          "column " + each.getKey(),
          "a list of messages",
          "text, in CSV; .parquet and .jsonl take messages");
      if (each.getValue().isContainerNode()) {
        flat.put(each.getKey(), each.getValue().toString());
      }
    }
    return flat;
  }

  private void copy(Path lines, String columns, Path written) throws IOException {
    try (Connection database = Database.of(lines, written);
        Statement statement = database.createStatement()) {
      statement.execute(
          "COPY (SELECT * FROM read_json(%s, format='newline_delimited', columns=%s,"
                  .formatted(Condition.quoted(lines.toString()), columns)
              + " maximum_object_size=%d)) TO %s (%s, USE_TMP_FILE false)"
                  .formatted(
                      Math.max(LEAST_OBJECT, Files.size(lines)),
                      Condition.quoted(written.toString()),
                      copyOptions));
    } catch (SQLException e) {
      throw new UserError(path + ": cannot be written: " + e.getMessage(), e);
    }
  }
}
