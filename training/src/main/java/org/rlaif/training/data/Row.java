package org.rlaif.training.data;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.rlaif.kit.Json;
import org.rlaif.kit.Message;
import org.rlaif.kit.UserError;

/**
 * One row of a user's file.
 *
 * @param file as the user named it, for errors
 * @param name of the file, for ids
 * @param number counted from 1; in JSON Lines, the line
 * @param columns by name
 */
record Row(Path file, String name, int number, ObjectNode columns) {
  /** For examples and preferences: the same wherever the file lies. */
  String id() {
    return name + ":" + number;
  }

  /** Whether there is anything in a column. */
  boolean has(String column) {
    return columns.hasNonNull(column);
  }

  /** What a column has, or null if the row has no such column or nothing in it. */
  @Nullable Cell cell(String column) {
    JsonNode value = columns.path(column);
    if (!has(column)) {
      return null;
    }
    if (value.isTextual()) {
      return new Cell(column, value.textValue(), List.of());
    }
    if (!value.isArray() || value.isEmpty()) {
      throw error(
          "column " + column,
          kind(value) + " " + Json.excerpt(value),
          "text in quotes, or a list of messages");
    }
    return new Cell(column, null, Message.list(place("column " + column), value));
  }

  /**
   * A mistake in this row, for example {@code data/a.jsonl, row 3, column prompt: 5 (expected: …)}.
   */
  UserError error(String what, String value, String expectation) {
    return UserError.expected(place(what), value, expectation);
  }

  private String place(String what) {
    return place(file, number) + ", " + what;
  }

  /** Where a row is, in errors. */
  static String place(Path file, int number) {
    return file + ", row " + number;
  }

  /** The columns that are there, for errors about one that is not. */
  String names() {
    return columns.isEmpty() ? "none" : String.join(", ", (Iterable<String>) columns::fieldNames);
  }

  /** What a value is, in the words of a person who reads the file. */
  static String kind(JsonNode value) {
    return switch (value.getNodeType()) {
      case ARRAY -> "a list";
      case OBJECT -> "an object";
      case STRING -> "a text";
      default -> "a " + value.getNodeType().name().toLowerCase(Locale.ROOT);
    };
  }
}
