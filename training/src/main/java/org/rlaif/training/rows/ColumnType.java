package org.rlaif.training.rows;

import static java.util.stream.Collectors.joining;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.rlaif.kit.UserError;

/**
 * What the values of a column are in DuckDB's words, as far as they all are the same. A text stays
 * one, even if it looks like a date.
 */
final class ColumnType {
  private ColumnType() {}

  /** The columns that any row has, in the order in which they come, each with its type. */
  static String ofAll(List<ObjectNode> rows) {
    Set<String> names = new LinkedHashSet<>();
    rows.forEach(row -> row.fieldNames().forEachRemaining(names::add));
    return names.stream()
        .map(
            name ->
                Condition.quoted(name)
                    + ": "
                    + Condition.quoted(of(name, rows.stream().map(row -> row.path(name)))))
        .collect(joining(", ", "{", "}"));
  }

  /**
   * The type of some values.
   *
   * @param values what is null or missing may be anything
   */
  static String of(String column, Stream<JsonNode> values) {
    List<JsonNode> there = values.filter(each -> !each.isNull() && !each.isMissingNode()).toList();
    if (there.stream().allMatch(JsonNode::isTextual)) {
      return "VARCHAR";
    }
    if (there.stream().allMatch(JsonNode::isBoolean)) {
      return "BOOLEAN";
    }
    if (there.stream().allMatch(each -> each.isIntegralNumber() && each.canConvertToLong())) {
      return "BIGINT";
    }
    if (there.stream().allMatch(JsonNode::isNumber)) {
      return "DOUBLE";
    }
    if (there.stream().allMatch(JsonNode::isArray)) {
      return of(column, there.stream().flatMap(ColumnType::elements)) + "[]";
    }
    if (there.stream().allMatch(each -> each.isObject() && !each.isEmpty())) {
      return struct(column, there);
    }
    throw UserError.expected(
        "column " + column,
        there.stream().map(Row::kind).distinct().collect(joining(" and ")),
        "values of one kind, as Parquet has them; .jsonl takes all");
  }

  private static Stream<JsonNode> elements(JsonNode list) {
    return StreamSupport.stream(list.spliterator(), false);
  }

  private static String struct(String column, List<JsonNode> values) {
    Set<String> names = new LinkedHashSet<>();
    values.forEach(value -> value.fieldNames().forEachRemaining(names::add));
    return names.stream()
        .map(
            name ->
                '"'
                    + name.replace("\"", "\"\"")
                    + "\" "
                    + of(column + "." + name, values.stream().map(each -> each.path(name))))
        .collect(joining(", ", "STRUCT(", ")"));
  }
}
