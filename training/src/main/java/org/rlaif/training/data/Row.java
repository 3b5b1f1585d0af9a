package org.rlaif.training.data;

import static java.util.stream.Collectors.joining;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.rlaif.kit.Message;
import org.rlaif.kit.UserError;

/**
 * One row of a user's file.
 *
 * @param file its name, as errors and ids show it
 * @param number counted from 1; in JSON Lines, the line
 * @param columns by name
 */
record Row(String file, int number, ObjectNode columns) {
  private static final int SHOWN = 40;
  private static final Set<String> MESSAGE = Set.of("role", "content");

  /** For examples and preferences: the same wherever the file lies. */
  String id() {
    return file + ":" + number;
  }

  /** What a column has, or null if the row has no such column or nothing in it. */
  @Nullable Cell cell(String column) {
    JsonNode value = columns.get(column);
    if (value == null || value.isNull()) {
      return null;
    }
    if (value.isTextual()) {
      return new Cell(column, value.textValue(), List.of());
    }
    if (!value.isArray() || value.isEmpty()) {
      throw error(
          "column " + column,
          kind(value) + " " + shortened(value.toString()),
          "text in quotes, or a list of messages");
    }
    List<Message> messages = new ArrayList<>();
    for (JsonNode message : value) {
      messages.add(message(column + ", message " + (messages.size() + 1), message));
    }
    return new Cell(column, null, List.copyOf(messages));
  }

  /** Other keys may be there with nothing in them; what they would say must not get lost. */
  private Message message(String where, JsonNode json) {
    JsonNode role = json.path("role");
    JsonNode content = json.path("content");
    if (!role.isTextual() || role.textValue().isEmpty() || !content.isTextual()) {
      throw error(
          "column " + where,
          shortened(json.toString()),
          "{\"role\": …, \"content\": …}, both text");
    }
    for (Map.Entry<String, JsonNode> entry : json.properties()) {
      if (!MESSAGE.contains(entry.getKey()) && !entry.getValue().isNull()) {
        throw error(
            "column " + where + ", " + entry.getKey(),
            shortened(entry.getValue().toString()),
            "null or nothing: a message is role and content");
      }
    }
    return new Message(role.textValue(), content.textValue());
  }

  /** A mistake in this row, for example {@code a.jsonl, row 3, column prompt: 5 (expected: …)}. */
  UserError error(String what, String value, String expectation) {
    return UserError.expected(file + ", row " + number + ", " + what, value, expectation);
  }

  /** The columns that are there, for errors about one that is not. */
  String names() {
    Iterator<String> names = columns.fieldNames();
    return columns.isEmpty()
        ? "none"
        : StreamSupport.stream(((Iterable<String>) () -> names).spliterator(), false)
            .collect(joining(", "));
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

  static String shortened(String text) {
    return text.length() <= SHOWN
        ? text
        : text.substring(
                0,
                text.offsetByCodePoints(0, Math.min(SHOWN, text.codePointCount(0, text.length()))))
            + "…";
  }
}
