package org.rlaif.training.rows;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;
import java.util.Set;
import java.util.stream.StreamSupport;
import org.rlaif.kit.Json;
import org.rlaif.kit.UserError;

/**
 * {@code data.where}: an SQL expression over a row's columns and over nothing else. DuckDB parses
 * it, and what is parsed is looked at before anything is run: one expression in the place of a
 * condition, without queries inside it, through which it could read files, and without what looks
 * at other rows or is not the same every time.
 */
record Condition(String sql) {
  private static final String EXPECTED = "an SQL condition over the columns of a row";
  private static final Set<String> REFUSED = Set.of("SUBQUERY", "WINDOW", "PARAMETER");

  /** What is parsed beside the condition itself is what is parsed beside {@code true}. */
  private static final String QUERY = "SELECT 1 FROM rows WHERE (%s\n)";

  /**
   * Refuses what is not such an expression.
   *
   * @param where not empty
   */
  static Condition of(Connection database, String where) throws SQLException {
    JsonNode parsed = parsed(database, where);
    if (parsed.path("error").asBoolean()) {
      throw refused(where, parsed.path("error_message").asText());
    }
    JsonNode harmless = parsed(database, "true");
    JsonNode condition = cut(parsed);
    cut(harmless);
    UserError.require(parsed.equals(harmless), "data.where", where, EXPECTED + " and nothing else");
    look(database, where, condition);
    return new Condition(where);
  }

  /** An error about the condition, with the reason that DuckDB gives. */
  static UserError refused(String where, String reason) {
    return UserError.expected("data.where", where, EXPECTED + "; " + reason);
  }

  /** A text as SQL has it. */
  static String quoted(String text) {
    return "'" + text.replace("'", "''") + "'";
  }

  private static JsonNode parsed(Connection database, String where) throws SQLException {
    String query = quoted(QUERY.formatted(where));
    try (Statement statement = database.createStatement();
        ResultSet result = statement.executeQuery("SELECT json_serialize_sql(" + query + ")")) {
      result.next();
      return Json.MAPPER.readTree(result.getString(1));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("DuckDB writes what is not JSON", e);
    }
  }

  /** The condition, which is then no longer there. */
  private static JsonNode cut(JsonNode parsed) {
    JsonNode node = parsed.path("statements").path(0).path("node");
    return node instanceof ObjectNode query && query.has("where_clause")
        ? query.remove("where_clause")
        : node;
  }

  private static void look(Connection database, String where, JsonNode node) throws SQLException {
    String kind = node.path("class").asText();
    if (REFUSED.contains(kind)) {
      throw refused(where, "it has no " + kind.toLowerCase(Locale.ROOT) + " in it");
    }
    if (kind.equals("FUNCTION")) {
      requireStable(database, where, node.path("function_name").asText());
    } else if (kind.equals("COLUMN_REF")) {
      StreamSupport.stream(node.path("column_names").spliterator(), false)
          .map(JsonNode::asText)
          .filter(name -> name.startsWith("current_"))
          .findFirst()
          .ifPresent(name -> refuseChanging(where, name));
    }
    for (JsonNode each : node) {
      look(database, where, each);
    }
  }

  /** The same run has the same rows: chance and the clock have no say. */
  private static void requireStable(Connection database, String where, String function)
      throws SQLException {
    try (PreparedStatement statement =
        database.prepareStatement(
            "SELECT count(*) FROM duckdb_functions()"
                + " WHERE function_name = ? AND stability <> 'CONSISTENT'")) {
      statement.setString(1, function.toLowerCase(Locale.ROOT));
      try (ResultSet result = statement.executeQuery()) {
        result.next();
        if (result.getInt(1) > 0) {
          refuseChanging(where, function);
        }
      }
    }
  }

  private static void refuseChanging(String where, String function) {
    throw refused(where, function + " is not the same every time");
  }
}
