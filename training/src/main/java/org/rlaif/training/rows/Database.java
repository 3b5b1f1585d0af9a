package org.rlaif.training.rows;

import static java.util.stream.Collectors.joining;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import java.util.stream.Stream;
import org.duckdb.DuckDBDriver;

/** DuckDB in this process, which sees the files that it is to see and no other. */
final class Database {
  private static final String MEMORY = "1GB";
  private static final int MOST_THREADS = 4;

  private Database() {}

  /** Opens one that loads no extensions; close it. */
  static Connection of(Path... files) throws SQLException {
    var settings = new Properties();
    settings.setProperty("autoinstall_known_extensions", "false");
    settings.setProperty("autoload_known_extensions", "false");
    settings.setProperty("jdbc_stream_results", "true");
    settings.setProperty("memory_limit", MEMORY);
    settings.setProperty("temp_directory", System.getProperty("java.io.tmpdir"));
    settings.setProperty(
        "threads",
        String.valueOf(Math.min(MOST_THREADS, Runtime.getRuntime().availableProcessors())));
    Connection database = new DuckDBDriver().connect("jdbc:duckdb:", settings);
    try (Statement statement = database.createStatement()) {
      String allowed =
          Stream.of(files).map(file -> Condition.quoted(file.toString())).collect(joining(", "));
      statement.execute("SET allowed_paths = [" + allowed + "]");
      statement.execute("SET enable_external_access = false");
      statement.execute("SET lock_configuration = true");
    } catch (SQLException e) {
      database.close();
      throw e;
    }
    return database;
  }
}
