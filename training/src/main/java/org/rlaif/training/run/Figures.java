package org.rlaif.training.run;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Figures of a stage, for people. */
public final class Figures {
  private Figures() {}

  /** A figure by its name; {@code a.b} is b in the record a; missing if it is not there. */
  public static JsonNode get(JsonNode figures, String name) {
    return figures.at("/" + name.replace('.', '/'));
  }

  /** A number by its name; NaN if it is not there or not a number. */
  public static double number(JsonNode figures, String name) {
    JsonNode value = get(figures, name);
    return value.isNumber() ? value.doubleValue() : Double.NaN;
  }

  /** For example {@code validation loss 0.652, tokens 4100}; what is not there is left out. */
  public static String line(JsonNode figures, List<String> names) {
    List<String> parts = new ArrayList<>();
    for (String name : names) {
      JsonNode value = get(figures, name);
      if (!value.isMissingNode() && !value.isNull()) {
        parts.add(words(name) + " " + shown(value));
      }
    }
    return String.join(", ", parts);
  }

  private static String words(String name) {
    return name.replaceAll("\\.value$", "")
        .replace('.', ' ')
        .replaceAll("([a-z0-9])([A-Z])", "$1 $2")
        .toLowerCase(Locale.ROOT);
  }

  private static String shown(JsonNode value) {
    if (value.isFloatingPointNumber()) {
      double number = value.doubleValue();
      double size = Math.abs(number);
      String format =
          size != 0 && (size < 1e-3 || size >= 1e6) ? "%.1e" : size >= 100 ? "%.0f" : "%.3f";
      return String.format(Locale.ROOT, format, number);
    }
    return value.asText();
  }
}
