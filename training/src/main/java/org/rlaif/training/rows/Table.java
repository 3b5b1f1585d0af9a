package org.rlaif.training.rows;

import static java.util.stream.Collectors.joining;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.rlaif.kit.Json;
import org.rlaif.kit.UserError;
import org.rlaif.training.config.DataConfig.Limits;

/**
 * A file as a table of DuckDB, in this process. It sees that file and no other, loads no
 * extensions, and gives the rows one after the other in their order, as JSON text.
 *
 * <p>In CSV (RFC 4180, with tabs or semicolons, too) every value is text, and nothing between two
 * separators is null; so {@code 007} stays as it is. A condition sees a column of numbers, or of
 * true and false, as such.
 */
final class Table implements AutoCloseable {
  private static final int BYTES_PER_CHARACTER = 4;
  private static final int LEAST_LINE = 2_000_000; // DuckDB's own most

  /** DuckDB writes NaN and infinities as JavaScript does. */
  private static final ObjectReader ROWS =
      Json.MAPPER.readerFor(ObjectNode.class).with(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS);

  /** Names that no file's columns have. */
  private static final String COLUMNS =
      "SELECT row_number() OVER () AS \"#number\", \"#row\", %s FROM %s \"#row\"";

  /** What all values of a column are that are there; CASE asks in this order. */
  private static final String TYPE =
      """
      CASE WHEN count(%1$s) = 0 THEN 'VARCHAR'
           WHEN bool_and(regexp_full_match(%1$s, '[+-]?\\d{1,18}')) THEN 'BIGINT'
           WHEN bool_and(TRY_CAST(%1$s AS DOUBLE) IS NOT NULL) FILTER (%1$s IS NOT NULL) THEN 'DOUBLE'
           WHEN bool_and(lower(%1$s) IN ('true', 'false')) THEN 'BOOLEAN'
           ELSE 'VARCHAR' END""";

  private static final String ROWS_THAT_MEET =
      "SELECT \"#number\", CASE WHEN \"#keep\" THEN %s END FROM (SELECT \"#number\", \"#row\","
          + " coalesce(CAST((%s\n) AS BOOLEAN), false) AS \"#keep\" FROM (%s))";

  private final Connection database;

  private Table(Connection database) {
    this.database = database;
  }

  /** All rows of CSV or Parquet that meet a condition; empty is none. */
  static FileRows read(DataFile file, RowFormat format, Limits limits, String where)
      throws IOException {
    try (Table table = open(file.path())) {
      String source = source(file, format, limits);
      table.check(file, source);
      String columns =
          where.isEmpty() || format.columns().isEmpty()
              ? "\"#row\".*"
              : table.typed(format, source);
      var taken = new Taken(file, limits);
      table.run(
          ROWS_THAT_MEET.formatted(
              "CAST(to_json(\"#row\") AS VARCHAR)",
              table.condition(where),
              COLUMNS.formatted(columns, source)),
          taken::row);
      return new FileRows(format.words(), taken.rows, taken.left);
    } catch (SQLException e) {
      throw DuckError.of(e, file, where);
    }
  }

  /**
   * Which of some rows meet a condition.
   *
   * @param where not empty
   */
  static BitSet meeting(List<Row> rows, String where) throws IOException {
    BitSet meeting = new BitSet(rows.size());
    Path copy = Files.createTempFile("rlaif-rows", ".jsonl");
    try {
      try (var out = Files.newBufferedWriter(copy)) {
        for (Row row : rows) {
          out.write(Json.MAPPER.writeValueAsString(row.columns()));
          out.write('\n');
        }
      }
      try (Table table = open(copy)) {
        String source =
            "read_json(%s, format='newline_delimited', sample_size=-1, maximum_object_size=%d)"
                .formatted(
                    Condition.quoted(copy.toString()), Math.max(LEAST_LINE, Files.size(copy)));
        table.run(
            ROWS_THAT_MEET.formatted(
                "''", table.condition(where), COLUMNS.formatted("\"#row\".*", source)),
            (number, text) -> meeting.set((int) (number - 1), text != null));
      } catch (SQLException e) {
        throw DuckError.of(e, new DataFile(rows.get(0).file(), copy, ""), where);
      }
    } finally {
      Files.delete(copy);
    }
    return meeting;
  }

  private static Table open(Path file) throws SQLException {
    return new Table(Database.of(file));
  }

  private String condition(String where) throws SQLException {
    return where.isEmpty() ? "true" : Condition.of(database, where).sql();
  }

  private static String source(DataFile file, RowFormat format, Limits limits) {
    String path = Condition.quoted(file.path().toString());
    if (format.kind() == RowFormat.Kind.PARQUET) {
      return "read_parquet(" + path + ")";
    }
    long line = Math.max(LEAST_LINE, (long) limits.rowCharacters() * BYTES_PER_CHARACTER);
    return "read_csv(%s, %s, delim=%s, skip=%d, compression='%s', max_line_size=%d, columns={%s})"
        .formatted(
            path,
            "auto_detect=false, header=true, quote='\"', escape='\"', nullstr='',"
                + " allow_quoted_nulls=false, strict_mode=true",
            Condition.quoted(format.separator()),
            format.blankLines(),
            format.compression().word,
            line,
            format.columns().stream()
                .map(column -> Condition.quoted(column) + ": 'VARCHAR'")
                .collect(joining(", ")));
  }

  /**
   * The columns of CSV as what their values are, all of them: integers, numbers, true and false, or
   * else text.
   */
  private String typed(RowFormat format, String source) throws SQLException {
    List<String> names =
        format.columns().stream().map(name -> '"' + name.replace("\"", "\"\"") + '"').toList();
    String types = names.stream().map(TYPE::formatted).collect(joining(", "));
    try (Statement statement = database.createStatement();
        ResultSet result = statement.executeQuery("SELECT " + types + " FROM " + source)) {
      result.next();
      List<String> columns = new ArrayList<>();
      for (int i = 0; i < names.size(); i++) {
        columns.add(
            "CAST(\"#row\".%1$s AS %2$s) AS %1$s".formatted(names.get(i), result.getString(i + 1)));
      }
      return String.join(", ", columns);
    }
  }

  /** What is wrong here is the file's fault and not the condition's. */
  private void check(DataFile file, String source) {
    try (Statement statement = database.createStatement();
        ResultSet result = statement.executeQuery("DESCRIBE SELECT * FROM " + source)) {
      result.next();
    } catch (SQLException e) {
      throw DuckError.of(e, file, "");
    }
  }

  /** Takes a row's number, from 1, and what it is; null if it is left out. */
  private interface RowConsumer {
    void accept(long number, @Nullable String row);
  }

  private void run(String query, RowConsumer consumer) throws SQLException {
    try (Statement statement = database.createStatement();
        ResultSet result = statement.executeQuery(query)) {
      while (result.next()) {
        consumer.accept(result.getLong(1), result.getString(2));
      }
    }
  }

  @Override
  public void close() throws SQLException {
    database.close();
  }

  /** Rows as they come, within the limits. */
  private static final class Taken {
    private final DataFile file;
    private final Limits limits;
    private final List<Row> rows = new ArrayList<>();
    private int left;
    private long characters;

    Taken(DataFile file, Limits limits) {
      this.file = file;
      this.limits = limits;
    }

    void row(long number, @Nullable String text) {
      if (number > limits.rows()) {
        throw LimitedReader.tooManyRows(file.shown(), limits);
      }
      if (text == null) {
        left++;
        return;
      }
      characters += text.length();
      if (text.length() > limits.rowCharacters()) {
        throw LimitedReader.tooLongRow(file.shown(), number, limits);
      }
      if (characters > limits.characters()) {
        throw LimitedReader.tooManyCharacters(file.shown(), limits);
      }
      try {
        rows.add(new Row(file.shown(), file.name(), (int) number, ROWS.readValue(text)));
      } catch (JsonProcessingException e) {
        throw new UserError(
            Row.place(file.shown(), (int) number)
                + ": "
                + Json.describe(e)
                + " (expected: columns)",
            e);
      }
    }
  }
}
