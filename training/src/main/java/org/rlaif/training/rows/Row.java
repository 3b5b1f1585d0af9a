package org.rlaif.training.rows;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.util.ArrayList;
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
 * @param number counted from 1; in JSON Lines, the line; in CSV, behind the header
 * @param columns by name
 */
public record Row(String file, String name, int number, ObjectNode columns) {
  /** For examples and preferences: the same wherever the file lies. */
  public String id() {
    return name + ":" + number;
  }

  /** Whether there is anything in a column. */
  public boolean has(String column) {
    return columns.hasNonNull(column);
  }

  /** What a column has, or null if the row has no such column or nothing in it. */
  public @Nullable Cell cell(String column) {
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
   * A number, or a text that is one, as everything is text in CSV.
   *
   * @param expectation in the error if it is neither, or not finite
   */
  public double number(String column, String expectation) {
    JsonNode value = columns.path(column);
    double number = number(value);
    if (!Double.isFinite(number)) {
      throw error("column " + column, Json.excerpt(value), expectation);
    }
    return number;
  }

  /** NaN for what is no number and no text of one. */
  public static double number(JsonNode value) {
    try {
      return value.isTextual()
          ? new BigDecimal(value.textValue().strip()).doubleValue()
          : value.isNumber() ? value.doubleValue() : Double.NaN;
    } catch (NumberFormatException e) {
      return Double.NaN;
    }
  }

  /** True or false, or a text that says so. */
  public boolean truth(String column) {
    JsonNode value = columns.path(column);
    String text = value.isTextual() ? value.textValue().strip().toLowerCase(Locale.ROOT) : "";
    if (!value.isBoolean() && !text.equals("true") && !text.equals("false")) {
      throw error("column " + column, Json.excerpt(value), "true or false");
    }
    return value.isBoolean() ? value.booleanValue() : text.equals("true");
  }

  /**
   * A mistake in this row, for example {@code data/a.jsonl, row 3, column prompt: 5 (expected: …)}.
   */
  public UserError error(String what, String value, String expectation) {
    return UserError.expected(place(what), value, expectation);
  }

  private String place(String what) {
    return place(file, number) + ", " + what;
  }

  /** Where a row is, in errors. */
  static String place(String file, int number) {
    return file + ", row " + number;
  }

  /** The columns that are there. */
  public List<String> columnNames() {
    List<String> names = new ArrayList<>();
    columns.fieldNames().forEachRemaining(names::add);
    return names;
  }

  /** The same, for errors about one that is not. */
  public String names() {
    return columns.isEmpty() ? "none" : String.join(", ", (Iterable<String>) columns::fieldNames);
  }

  /** What a value is, in the words of a person who reads the file. */
  public static String kind(JsonNode value) {
    return switch (value.getNodeType()) {
      case ARRAY -> "a list";
      case OBJECT -> "an object";
      case STRING -> "a text";
      default -> "a " + value.getNodeType().name().toLowerCase(Locale.ROOT);
    };
  }
}
