package org.rlaif.model.jinja;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.rlaif.model.jinja.Values.Arguments;
import org.rlaif.model.jinja.Values.Tuple;

/** Python's {@code pattern % values} and {@code pattern.format(...)}. */
final class Format {
  private static final Pattern PERCENT =
      Pattern.compile(
          "%(?:\\((?<key>[^)]*)\\))?(?<flags>[-+ 0#]*)(?<width>\\*|\\d+)?"
              + "(?:\\.(?<precision>\\*|\\d*))?[hlL]?(?<kind>.)?",
          Pattern.DOTALL);
  private static final Pattern BRACES =
      Pattern.compile(
          "\\{\\{|\\}\\}|\\{(?<field>[^{}!:]*)(?:!(?<as>[rs]))?(?<spec>:[^{}]*)?\\}|[{}]");

  /** No number in a text is wider, and none is more precise. */
  private static final int WIDEST = 1000;

  private final Object values;
  private final boolean several;
  private int next;

  private Format(Object values) {
    this.values = values;
    this.several = values instanceof Tuple;
  }

  static Text percent(Text pattern, Object values) {
    var format = new Format(values);
    var out = new Text.Builder();
    Matcher matcher = PERCENT.matcher(pattern.toString());
    int at = 0;
    while (matcher.find(at)) {
      out.add(pattern.part(at, matcher.start()));
      out.add(format.one(matcher));
      at = matcher.end();
    }
    out.add(pattern.part(at, pattern.toString().length()));
    boolean mapping = values instanceof Map || (values instanceof List && !format.several);
    int given = format.several ? ((List<?>) values).size() : mapping ? 0 : 1;
    if (format.next < given) {
      throw new JinjaException("%: " + given + " values (expected: " + format.next + ")");
    }
    return out.text();
  }

  private Text one(Matcher m) {
    if (m.group("kind") == null) {
      throw new JinjaException("%: nothing behind it");
    }
    String flags = m.group("flags");
    int width = size(m.group("width"), 0);
    boolean left = flags.contains("-") || width < 0;
    int precision = m.group("precision") == null ? -1 : size(m.group("precision"), 0);
    String kind = m.group("kind");
    if (kind.equals("%")) {
      return Text.written("%");
    }
    Object value = m.group("key") == null ? value() : named(m.group("key"));
    if ("srac".contains(kind)) {
      return padded(words(kind, value, precision), Math.abs(width), left);
    }
    String number = number(kind, value, precision, flags.contains("#"));
    String sign = number.startsWith("-") ? "-" : flags.contains("+") ? "+" : "";
    sign = sign.isEmpty() && flags.contains(" ") ? " " : sign;
    number = number.startsWith("-") ? number.substring(1) : number;
    String prefix =
        flags.contains("#") ? Map.of("x", "0x", "X", "0X", "o", "0o").getOrDefault(kind, "") : "";
    int missing = Math.max(0, Math.abs(width) - sign.length() - prefix.length() - number.length());
    boolean zeros = flags.contains("0") && !left;
    return padded(
        Text.written(sign + prefix + "0".repeat(zeros ? missing : 0) + number),
        Math.abs(width),
        left);
  }

  private int size(String written, int none) {
    if (written == null || written.isEmpty()) {
      return none;
    }
    long size =
        written.equals("*") ? Values.wholeNumber(value()) : Values.wholeNumber("%", written);
    if (Math.abs(size) > WIDEST) {
      throw new JinjaException("%: a width of " + size + " (expected: at most " + WIDEST + ")");
    }
    return (int) size;
  }

  private Object value() {
    int count = several ? ((List<?>) values).size() : 1;
    if (next >= count) {
      throw new JinjaException("%: too few values");
    }
    next++;
    return several ? ((List<?>) values).get(next - 1) : values;
  }

  private Object named(String key) {
    Object value = Values.map("%(" + key + ")", values).get(Text.written(key));
    if (value == null) {
      throw new JinjaException("%: no value " + key);
    }
    return value;
  }

  private static Text words(String kind, Object value, int precision) {
    if (kind.equals("a")) {
      throw new JinjaException("%" + kind + " is not known");
    }
    if (kind.equals("c")) {
      Text text = value instanceof Text t ? t : null;
      if (text == null) {
        int point = Values.whole(value);
        if (!Character.isValidCodePoint(point)) {
          throw new JinjaException("%c: " + point + " is no letter");
        }
        text = Text.written(Character.toString(point));
      }
      if (text.length() != 1) {
        throw new JinjaException("%c: " + text.length() + " letters (expected: 1)");
      }
      return text;
    }
    Text text = kind.equals("r") ? Literals.literal(value) : Literals.text(value);
    return precision >= 0 && precision < text.length() ? text.slice(0, precision) : text;
  }

  static Text padded(Text text, int width, boolean left) {
    int missing = width - text.length();
    if (missing <= 0) {
      return text;
    }
    Text blanks = Text.written(" ").times(missing);
    return left ? text.plus(blanks) : blanks.plus(text);
  }

  private static String number(String kind, Object value, int precision, boolean alternative) {
    if (!Values.isNumber(value)) {
      throw new JinjaException("%" + kind + ": " + Values.kind(value) + " is no number");
    }
    return switch (kind) {
      case "d", "i", "u" -> digits(whole(value, kind).toString(), precision);
      case "x" -> digits(Long.toString(Values.wholeNumber(value), 16), precision);
      case "X" ->
          digits(Long.toString(Values.wholeNumber(value), 16).toUpperCase(Locale.ROOT), precision);
      case "o" -> digits(Long.toString(Values.wholeNumber(value), 8), precision);
      case "f", "F", "e", "E", "g", "G" -> {
        String number =
            decimal(
                kind.toLowerCase(Locale.ROOT),
                Values.decimal(value),
                precision < 0 ? 6 : precision,
                alternative);
        yield kind.equals(kind.toUpperCase(Locale.ROOT)) ? number.toUpperCase(Locale.ROOT) : number;
      }
      default -> throw new JinjaException("%" + kind + " is not known");
    };
  }

  private static BigInteger whole(Object value, String kind) {
    if (!(value instanceof Double d)) {
      return BigInteger.valueOf(Values.wholeNumber(value));
    }
    if (Double.isNaN(d) || Double.isInfinite(d)) {
      throw new JinjaException("%" + kind + ": " + Literals.number(d) + " is not finite");
    }
    return new BigDecimal(d).toBigInteger();
  }

  private static String digits(String number, int precision) {
    String sign = number.startsWith("-") ? "-" : "";
    String digits = number.substring(sign.length());
    return sign + "0".repeat(Math.max(0, precision - digits.length())) + digits;
  }

  /** The number that is there, to its last digit, rounded as C rounds it. */
  private static String decimal(String kind, double d, int precision, boolean alternative) {
    if (Double.isNaN(d) || Double.isInfinite(d)) {
      return Literals.number(d);
    }
    String sign = d < 0 || (d == 0 && 1 / d < 0) ? "-" : "";
    BigDecimal exact = new BigDecimal(Math.abs(d));
    String point = precision == 0 && alternative ? "." : "";
    if (kind.equals("f")) {
      return sign + exact.setScale(precision, RoundingMode.HALF_EVEN).toPlainString() + point;
    }
    if (kind.equals("e")) {
      return sign + scientific(exact, precision, point);
    }
    int significant = Math.max(1, precision);
    int exponent = exponent(exact, significant);
    boolean plain = exponent >= -4 && exponent < significant;
    String number =
        plain
            ? exact.setScale(significant - 1 - exponent, RoundingMode.HALF_EVEN).toPlainString()
            : scientific(exact, significant - 1, "");
    if (alternative || !number.contains(".")) {
      return sign + number;
    }
    String mantissa = number.replaceFirst("e.*", "");
    return sign + mantissa.replaceFirst("\\.?0+$", "") + number.substring(mantissa.length());
  }

  private static int exponent(BigDecimal exact, int significant) {
    if (exact.signum() == 0) {
      return 0;
    }
    BigDecimal rounded = exact.round(new MathContext(significant, RoundingMode.HALF_EVEN));
    return rounded.precision() - rounded.scale() - 1;
  }

  private static String scientific(BigDecimal exact, int decimals, String point) {
    int exponent = exponent(exact, decimals + 1);
    String mantissa =
        exact.movePointLeft(exponent).setScale(decimals, RoundingMode.HALF_EVEN).toPlainString();
    return mantissa
        + point
        + String.format("e%s%02d", exponent < 0 ? "-" : "+", Math.abs(exponent));
  }

  /** {@code "{} {0} {name}".format(...)}, without what may stand behind a colon. */
  static Text braces(Text pattern, Arguments arguments) {
    var out = new Text.Builder();
    Matcher matcher = BRACES.matcher(pattern.toString());
    int at = 0;
    int next = 0;
    while (matcher.find()) {
      out.add(pattern.part(at, matcher.start()));
      at = matcher.end();
      String found = matcher.group();
      if (found.equals("{{") || found.equals("}}")) {
        out.add(found.substring(1));
        continue;
      }
      String field = matcher.group("field");
      String spec = matcher.group("spec");
      if (field == null || (spec != null && spec.length() > 1)) {
        throw new JinjaException("format: " + found + " is not known");
      }
      Object value = field(field.isEmpty() ? String.valueOf(next++) : field, arguments);
      out.add("r".equals(matcher.group("as")) ? Literals.literal(value) : Literals.text(value));
    }
    return out.add(pattern.part(at, pattern.toString().length())).text();
  }

  private static Object field(String path, Arguments arguments) {
    String first = path.replaceFirst("[.\\[].*", "");
    boolean index = first.chars().allMatch(c -> c >= '0' && c <= '9') && !first.isEmpty();
    Object value =
        index
            ? arguments.get((int) Math.min(Values.wholeNumber("format", first), 1 << 20), "")
            : arguments.named().get(first);
    if (value == null || !first.equals(path)) {
      throw new JinjaException("format: no value " + path);
    }
    return value;
  }
}
