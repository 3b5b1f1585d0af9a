package org.rlaif.training.learning;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.reflect.RecordComponent;
import java.util.LinkedHashMap;
import java.util.Map;

/** A row of metrics under TRL's names. */
final class TrlNames {
  private TrlNames() {}

  /**
   * The numbers of a row by TRL's names, those that TRL does not have by ours; a number inside a
   * section is {@code section/key}.
   *
   * @param type the record that the row was written from
   */
  static Map<String, Double> of(Class<?> type, ObjectNode row) {
    Map<String, String> names = new LinkedHashMap<>();
    collect(type, names);
    Map<String, Double> numbers = new LinkedHashMap<>();
    row.properties()
        .forEach(
            each ->
                add(numbers, names.getOrDefault(each.getKey(), each.getKey()), each.getValue()));
    return numbers;
  }

  private static void add(Map<String, Double> numbers, String name, JsonNode value) {
    if (value.isNumber()) {
      numbers.put(name, value.doubleValue());
    } else if (value.isObject()) {
      value.properties().forEach(each -> add(numbers, name + "/" + each.getKey(), each.getValue()));
    }
  }

  private static void collect(Class<?> type, Map<String, String> names) {
    if (!type.isRecord()) {
      return;
    }
    for (RecordComponent each : type.getRecordComponents()) {
      TrlName name = each.getAnnotation(TrlName.class);
      if (name != null) {
        names.put(each.getName(), name.value());
      } else if (each.getAccessor().isAnnotationPresent(JsonUnwrapped.class)) {
        collect(each.getType(), names);
      }
    }
  }
}
