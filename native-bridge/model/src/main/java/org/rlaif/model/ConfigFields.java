package org.rlaif.model;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Predicate;
import org.rlaif.kit.UserError;

/**
 * The keys of a JSON object, each asked for by name; what nobody asked for is refused at the end,
 * so that no key that would make another network is ever ignored.
 */
final class ConfigFields {
  private final String prefix;
  private final JsonNode json;
  private final Set<String> asked = new HashSet<>();

  ConfigFields(String prefix, JsonNode json) {
    this.prefix = prefix;
    this.json = json;
  }

  /** Whether there is something under that key. */
  boolean has(String key) {
    return !get(key).isMissingNode();
  }

  /** The value, or a missing node for one that is null or not there. */
  JsonNode get(String key) {
    asked.add(key);
    JsonNode value = json.path(key);
    return value.isNull() ? json.path("\0") : value;
  }

  int integer(String key) {
    JsonNode value = get(key);
    if (!value.isIntegralNumber() || !value.canConvertToInt()) {
      throw wrong(key, "a whole number");
    }
    return value.intValue();
  }

  int integer(String key, int otherwise) {
    return has(key) ? integer(key) : otherwise;
  }

  double number(String key, double otherwise) {
    if (has(key) && !get(key).isNumber()) {
      throw wrong(key, "a number");
    }
    return get(key).asDouble(otherwise);
  }

  double number(String key) {
    if (!has(key)) {
      throw wrong(key, "a number");
    }
    return number(key, 0);
  }

  boolean flag(String key, boolean otherwise) {
    if (has(key) && !get(key).isBoolean()) {
      throw wrong(key, "true or false");
    }
    return get(key).asBoolean(otherwise);
  }

  /** The text under a key, one of these; the first one where there is none. */
  String oneOf(String key, String... allowed) {
    String value = has(key) ? get(key).asText() : allowed[0];
    if (!Arrays.asList(allowed).contains(value)) {
      throw UserError.expected(prefix + key, value, String.join(" or ", allowed));
    }
    return value;
  }

  /** Refuses any other value. */
  void mustBe(String key, boolean value) {
    if (flag(key, value) != value) {
      throw wrong(key, String.valueOf(value));
    }
  }

  /** An object under a key. */
  ConfigFields object(String key) {
    if (!get(key).isObject()) {
      throw wrong(key, "an object");
    }
    return new ConfigFields(prefix + key + ".", get(key));
  }

  /**
   * Refuses keys that nobody asked for, unless their value is null, false or empty.
   *
   * @param harmless keys that change no number
   */
  void refuseOthers(Predicate<String> harmless) {
    for (var field : json.properties()) {
      JsonNode value = field.getValue();
      if (says(value) && !asked.contains(field.getKey()) && !harmless.test(field.getKey())) {
        throw wrong(field.getKey(), "a key that is known here, or none");
      }
    }
  }

  /** Whether a value is none of null, false and empty. */
  static boolean says(JsonNode value) {
    return !value.isNull()
        && !(value.isBoolean() && !value.booleanValue())
        && !(value.isContainerNode() && value.isEmpty());
  }

  UserError wrong(String key, String expected) {
    return UserError.expected(prefix + key, has(key) ? get(key) : null, expected);
  }
}
