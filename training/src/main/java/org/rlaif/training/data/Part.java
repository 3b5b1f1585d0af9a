package org.rlaif.training.data;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import org.rlaif.kit.Json;
import org.rlaif.kit.UserError;
import org.rlaif.training.rows.Row;

/**
 * An object in a row, with columns of its own; or the row itself. Errors name the way to a column:
 * {@code column completions.2.response}.
 *
 * @param path to it, with a dot behind; empty for the row
 */
record Part(Row row, String path, ObjectNode node) {
  static Part of(Row row) {
    return new Part(row, "", row.columns());
  }

  boolean has(String column) {
    return node.hasNonNull(column);
  }

  Part in(String column) {
    return part(column, node.path(column));
  }

  /** The objects of a list, at least one. */
  List<Part> list(String column) {
    JsonNode list = node.path(column);
    if (!list.isArray() || list.isEmpty()) {
      throw error(column, "a list of objects");
    }
    List<Part> parts = new ArrayList<>(list.size());
    for (int i = 0; i < list.size(); i++) {
      parts.add(part(column + "." + (i + 1), list.get(i)));
    }
    return parts;
  }

  private Part part(String column, JsonNode value) {
    if (value instanceof ObjectNode object) {
      return new Part(row, path + column + ".", object);
    }
    throw row.error("column " + path + column, Json.excerpt(value), "an object");
  }

  /** Never missing, but perhaps empty. */
  String text(String column) {
    if (!node.path(column).isTextual()) {
      throw error(column, "text");
    }
    return node.path(column).textValue();
  }

  /** The same of a number, or of true or false, which other programs write without quotes. */
  String plain(String column) {
    JsonNode value = node.path(column);
    return value.isNumber() || value.isBoolean() ? value.asText() : text(column);
  }

  /** Empty if it is missing. */
  String textIfAny(String column) {
    return has(column) ? text(column) : "";
  }

  /** A number within a range, which may stand in a text. */
  double number(String column, int from, int to) {
    double number = Row.number(node.path(column));
    if (!(number >= from && number <= to)) {
      throw error(column, "a number from " + from + " to " + to);
    }
    return number;
  }

  /** A whole one. */
  int choice(String column, int from, int to) {
    double number = number(column, from, to);
    if (number != Math.rint(number)) {
      throw error(column, "a whole number from " + from + " to " + to);
    }
    return (int) number;
  }

  UserError error(String column, String expectation) {
    JsonNode value = node.path(column);
    return row.error(
        "column " + path + column,
        value.isMissingNode() ? "missing" : Json.excerpt(value),
        expectation);
  }
}
