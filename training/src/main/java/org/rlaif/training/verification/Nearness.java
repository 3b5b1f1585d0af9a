package org.rlaif.training.verification;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.Iterator;
import java.util.Locale;
import java.util.Map;
import org.rlaif.kit.Json;
import org.rlaif.kit.UserError;

/**
 * Compares what a run has written with what was recomputed, and remembers how far numbers were
 * apart.
 */
final class Nearness {
  private final double tolerance;
  private final String why;
  private double largest;

  private Nearness(double tolerance, String why) {
    this.tolerance = tolerance;
    this.why = why;
  }

  /** Numbers are the same, to the last bit. */
  static Nearness exact() {
    return new Nearness(0, "");
  }

  /**
   * Numbers are no farther apart.
   *
   * @param tolerance of numbers up to 1; of larger ones, the share of them
   * @param why it is not 0
   */
  static Nearness within(double tolerance, String why) {
    return new Nearness(tolerance, why);
  }

  /**
   * Compares.
   *
   * @param place such as a file and a line
   * @param found what is written there; may say more
   * @param recomputed whatever Jackson writes
   * @throws UserError that names the first field in which they differ
   */
  void compare(String place, JsonNode found, Object recomputed) {
    try {
      // Through its text, so that both have been written and read.
      compare(place, "", found, Json.MAPPER.readTree(Json.MAPPER.writeValueAsString(recomputed)));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("was written by us", e);
    }
  }

  private void compare(String place, String field, JsonNode found, JsonNode expected) {
    if (expected.isObject()) {
      for (Map.Entry<String, JsonNode> each : expected.properties()) {
        String name = field.isEmpty() ? each.getKey() : field + "." + each.getKey();
        compare(place, name, found.path(each.getKey()), each.getValue());
      }
      return;
    }
    if (expected.isArray() && found.isArray() && expected.size() == found.size()) {
      Iterator<JsonNode> other = found.iterator();
      for (int i = 0; i < expected.size(); i++) {
        compare(place, field + "[" + i + "]", other.next(), expected.get(i));
      }
      return;
    }
    if (!isNear(found, expected)) {
      throw new UserError(
          "%s, %s: %s (expected: %s%s)"
              .formatted(place, field, shown(found), shown(expected), allowed()));
    }
  }

  private boolean isNear(JsonNode found, JsonNode expected) {
    if (!found.isNumber() || !expected.isNumber()) {
      return found.equals(expected);
    }
    double one = found.doubleValue();
    double other = expected.doubleValue();
    if (Double.compare(one, other) == 0) {
      return true;
    }
    double apart = Math.abs(one - other) / Math.max(1, Math.abs(other));
    largest = Math.max(largest, apart);
    return apart <= tolerance; // NaN is near nothing
  }

  private String allowed() {
    return tolerance == 0 ? "" : String.format(Locale.ROOT, ", within %.1e: %s", tolerance, why);
  }

  private static String shown(JsonNode value) {
    return value.isMissingNode() ? "missing" : Json.excerpt(value);
  }

  /** How near all were, such as {@code equal to the bit}. */
  String words() {
    return tolerance == 0
        ? "equal to the bit"
        : String.format(
            Locale.ROOT, "largest difference %.1e, within %.1e: %s", largest, tolerance, why);
  }
}
