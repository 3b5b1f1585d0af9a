package org.rlaif.model.jinja;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import org.rlaif.model.jinja.Values.None;
import org.rlaif.model.jinja.Values.Tuple;
import org.rlaif.model.jinja.Values.Undefined;

/** Values as they are written: Python's {@code str} and {@code repr}. */
final class Literals {
  private Literals() {}

  /** Python's {@code str}. */
  static Text text(Object value) {
    return value instanceof Text text
        ? text
        : value instanceof Undefined ? Text.EMPTY : literal(value);
  }

  /** Python's {@code repr}. */
  static Text literal(Object value) {
    return literal(value, 1);
  }

  private static Text literal(Object value, int depth) {
    if (depth > Budget.MOST_NESTED) {
      throw Budget.tooDeep();
    }
    Budget.steps(1);
    if (value instanceof Text text) {
      return quoted(text);
    }
    if (value instanceof Boolean b) {
      return Text.written(b ? "True" : "False");
    }
    if (value instanceof Double d) {
      return Text.written(number(d));
    }
    var out = new Text.Builder();
    if (value instanceof List<?> list) {
      boolean round = list instanceof Tuple;
      out.add(round ? "(" : "[");
      for (int i = 0; i < list.size(); i++) {
        out.add(i > 0 ? ", " : "").add(literal(list.get(i), depth + 1));
      }
      return out.add(round && list.size() == 1 ? ",)" : round ? ")" : "]").text();
    }
    if (value instanceof Map<?, ?> map) {
      String comma = "{";
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        out.add(comma)
            .add(literal(entry.getKey(), depth + 1))
            .add(": ")
            .add(literal(entry.getValue(), depth + 1));
        comma = ", ";
      }
      return out.add(map.isEmpty() ? "{}" : "}").text();
    }
    if (value == None.NONE || value instanceof Undefined || value instanceof Number) {
      return Text.written(
          value == None.NONE ? "None" : value instanceof Number ? value.toString() : "Undefined");
    }
    throw new JinjaException(Values.kind(value) + " cannot be written; a list of it can");
  }

  private static Text quoted(Text text) {
    boolean apostrophe = text.toString().indexOf('\'') >= 0;
    String quote = apostrophe && text.toString().indexOf('"') < 0 ? "\"" : "'";
    Text result = escape(escape(text, "\\", "\\\\"), "\n", "\\n");
    result = escape(escape(result, "\r", "\\r"), "\t", "\\t");
    if (quote.equals("'")) {
      result = escape(result, "'", "\\'");
    }
    return Text.written(quote).plus(result).plus(Text.written(quote));
  }

  private static Text escape(Text text, String letter, String by) {
    return text.replace(Text.written(letter), Text.written(by), -1);
  }

  /** Python's {@code repr} of a float. */
  static String number(double d) {
    if (Double.isNaN(d) || Double.isInfinite(d)) {
      return Double.isNaN(d) ? "nan" : d > 0 ? "inf" : "-inf";
    }
    if (d == 0) {
      return 1 / d < 0 ? "-0.0" : "0.0";
    }
    var exact = new BigDecimal(Double.toString(d)).stripTrailingZeros();
    int exponent = exact.precision() - exact.scale() - 1;
    if (exponent >= -4 && exponent < 16) {
      String plain = exact.toPlainString();
      return plain.contains(".") ? plain : plain + ".0";
    }
    String digits = exact.unscaledValue().abs().toString();
    return (d < 0 ? "-" : "")
        + digits.charAt(0)
        + (digits.length() > 1 ? "." + digits.substring(1) : "")
        + String.format("e%s%02d", exponent < 0 ? "-" : "+", Math.abs(exponent));
  }
}
