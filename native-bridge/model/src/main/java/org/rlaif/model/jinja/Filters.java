package org.rlaif.model.jinja;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.regex.Pattern;
import org.rlaif.model.jinja.Values.Arguments;
import org.rlaif.model.jinja.Values.Generator;
import org.rlaif.model.jinja.Values.None;
import org.rlaif.model.jinja.Values.Undefined;

/** What stands behind {@code |}. */
final class Filters {
  private static final Pattern WORD = Pattern.compile("\\w+", Pattern.UNICODE_CHARACTER_CLASS);
  private static final Pattern WHOLE = Pattern.compile("[-+]?\\d+");
  private static final Pattern DECIMAL =
      Pattern.compile("[-+]?(?:\\d+\\.?\\d*|\\.\\d+)(?:[eE][-+]?\\d+)?");

  private static final Text NEWLINE = Text.written("\n");

  private Filters() {}

  static Object apply(String name, Object value, Arguments a) {
    Budget.steps(1);
    return switch (name) {
      case "trim" ->
          Literals.text(value).strip(a.get(0, "chars") instanceof Text t ? t : null, true, true);
      case "tojson" -> JsonText.of(value, a);
      case "length", "count" -> (long) Values.length(value);
      case "upper" -> Literals.text(value).upper();
      case "lower" -> Literals.text(value).lower();
      case "title" -> // words begin behind blanks, hyphens and opening brackets
          Literals.text(value).title(c -> "-({[<".indexOf(c) >= 0 || Text.isBlank(c));
      case "capitalize" -> Literals.text(value).capitalized();
      case "string", "safe" -> Literals.text(value);
      case "int" -> integer(value, a);
      case "float" -> decimal(value, a.get(0, "default", 0.0));
      case "abs" -> absolute(value);
      case "round" -> rounded(value, a);
      case "default", "d" ->
          value instanceof Undefined
                  || (Values.truth(a.get(1, "boolean", false)) && !Values.truth(value))
              ? a.get(0, "default_value", Text.EMPTY)
              : value;
      case "replace" ->
          Literals.text(value)
              .replace(
                  Literals.text(a.required(0, "old")),
                  Literals.text(a.required(1, "new")),
                  count(a.get(2, "count", None.NONE)));
      case "format" ->
          Format.percent(
              Literals.text(value),
              a.named().isEmpty() ? new Values.Tuple(a.positional()) : a.asMap());
      case "center" -> Literals.text(value).centered(Values.whole(a.get(0, "width", 80L)));
      case "truncate" -> truncated(Literals.text(value), a);
      case "wordcount" -> WORD.matcher(Literals.text(value).toString()).results().count();
      case "indent" -> indented(Arithmetic.arithmetic("+", value, NEWLINE), a);
      case "join" -> join(value, a);
      case "list" -> Values.list(value);
      case "first" -> first(value);
      case "last" -> last(value);
      case "reverse" -> reversed(value);
      case "sort" -> Sorting.sort(value, a);
      case "dictsort" -> Sorting.dictsort(value, a);
      case "groupby" -> Sorting.groupby(value, a);
      case "max" -> Sorting.max(value, a);
      case "min" -> Sorting.min(value, a);
      case "sum" -> Sorting.sum(value, a);
      case "unique" -> new Generator(() -> Sorting.unique(value, a));
      case "batch" -> new Generator(() -> Sorting.batch(value, a));
      case "slice" -> new Generator(() -> Sorting.slice(value, a));
      case "items" -> new Generator(() -> Sorting.items(value));
      case "attr" -> attribute(value, Literals.text(a.required(0, "name")).toString());
      case "map" -> new Generator(() -> mapped(value, a));
      case "select", "reject" -> new Generator(() -> chosen(value, a, 0, name.equals("select")));
      case "selectattr", "rejectattr" ->
          new Generator(() -> chosen(value, a, 1, name.equals("selectattr")));
      default -> throw new JinjaException("no filter named '" + name + "'");
    };
  }

  /** -1: all. */
  private static long count(Object count) {
    return count == None.NONE ? -1 : Values.whole(count);
  }

  private static Object absolute(Object value) {
    if (value instanceof Double d) {
      return Math.abs(d);
    }
    return Math.abs(Values.wholeNumber(value));
  }

  private static Object rounded(Object value, Arguments a) {
    int precision = Values.whole(a.get(0, "precision", 0L));
    String method = Literals.text(a.get(1, "method", Text.written("common"))).toString();
    if (!Values.isNumber(value) || Math.abs(precision) > 300) {
      throw new JinjaException("round: " + Values.kind(value) + " to " + precision);
    }
    double number = Values.decimal(value);
    if (Double.isNaN(number) || Double.isInfinite(number)) {
      return number;
    }
    double scale = Math.pow(10, precision);
    return switch (method) {
      case "common" -> {
        BigDecimal exact =
            value instanceof Double
                ? new BigDecimal(number)
                : new BigDecimal(Values.wholeNumber(value));
        BigDecimal rounded = exact.setScale(precision, RoundingMode.HALF_EVEN);
        yield value instanceof Double
            ? (Object) rounded.doubleValue()
            : (Object) rounded.longValue();
      }
      case "ceil" -> Math.ceil(number * scale) / scale;
      case "floor" -> Math.floor(number * scale) / scale;
      default -> throw new JinjaException("round: " + method + " (expected: common, ceil, floor)");
    };
  }

  private static Text truncated(Text text, Arguments a) {
    int length = Values.whole(a.get(0, "length", 255L));
    Text end = Literals.text(a.get(2, "end", Text.written("...")));
    Object leeway = a.get(3, "leeway", None.NONE);
    if (length < end.length()) {
      throw new JinjaException(
          "truncate: " + length + " (expected: at least " + end.length() + ")");
    }
    if (text.length() <= (long) length + (leeway == None.NONE ? 5 : Values.whole(leeway))) {
      return text;
    }
    Text begin = text.slice(0, length - end.length());
    return Values.truth(a.get(1, "killwords", false))
        ? begin.plus(end)
        : begin.splitFromRight(Text.written(" "), 1).get(0).plus(end);
  }

  private static Object integer(Object value, Arguments a) {
    Object otherwise = a.get(0, "default", 0L);
    if (Values.isNumber(value) && !(value instanceof Double)) {
      return Values.wholeNumber(value);
    }
    String digits = value instanceof Text text ? text.strip(null, true, true).toString() : "";
    if (WHOLE.matcher(digits).matches()) {
      return Values.wholeNumber("int", digits);
    }
    Object decimal = decimal(value, otherwise);
    return decimal instanceof Double d && decimal != otherwise
        ? Double.isNaN(d) || Double.isInfinite(d) ? otherwise : (Object) d.longValue()
        : otherwise;
  }

  private static Object decimal(Object value, Object otherwise) {
    if (value instanceof Undefined) {
      throw new JinjaException(Values.kind(value) + " is no number");
    }
    if (Values.isNumber(value)) {
      return Values.decimal(value);
    }
    String digits = value instanceof Text text ? text.strip(null, true, true).toString() : "";
    return DECIMAL.matcher(digits).matches() ? (Object) Double.valueOf(digits) : otherwise;
  }

  private static Text join(Object value, Arguments a) {
    Object attribute = a.get(1, "attribute", None.NONE);
    List<Text> parts = new ArrayList<>();
    for (Object each : Values.list(value)) {
      parts.add(Literals.text(attribute == None.NONE ? each : Lookup.path(each, attribute)));
    }
    return Literals.text(a.get(0, "d", Text.EMPTY)).join(parts);
  }

  private static Object first(Object value) {
    Iterator<Object> all =
        value instanceof Generator generator ? generator.rest() : Values.list(value).iterator();
    return all.hasNext() ? all.next() : new Undefined("the first of nothing");
  }

  private static Object last(Object value) {
    if (value instanceof Generator) {
      throw new JinjaException("last: " + Values.kind(value) + " has no end; a list of it has");
    }
    List<Object> list = Values.list(value);
    return list.isEmpty() ? new Undefined("the last of nothing") : list.get(list.size() - 1);
  }

  private static Object attribute(Object value, String name) {
    Object found = Methods.find(value, name);
    return found == null ? new Undefined(name) : found;
  }

  private static Object reversed(Object value) {
    List<Object> list = Values.list(value);
    Collections.reverse(list);
    return value instanceof Text
        ? Text.EMPTY.join(list.stream().map(Literals::text).toList())
        : new Generator(() -> list);
  }

  private static List<Object> mapped(Object value, Arguments a) {
    Object attribute = a.named().get("attribute");
    var result = new ArrayList<Object>();
    for (Object each : Values.truth(value) ? Values.list(value) : List.of()) {
      if (attribute == null) {
        result.add(apply(Literals.text(a.required(0, "filter")).toString(), each, rest(a, 1)));
      } else {
        Object found = Lookup.path(each, attribute);
        result.add(found instanceof Undefined ? a.named().getOrDefault("default", found) : found);
      }
    }
    return result;
  }

  /** Those that pass a test, or whose attribute does; without a test, those that are true. */
  private static List<Object> chosen(Object value, Arguments a, int test, boolean wanted) {
    var result = new ArrayList<Object>();
    for (Object each : Values.truth(value) ? Values.list(value) : List.of()) {
      Object tested = test == 0 ? each : Lookup.path(each, a.required(0, "attribute"));
      boolean passes =
          a.positional().size() > test
              ? Tests.test(
                  Literals.text(a.positional().get(test)).toString(), tested, rest(a, test + 1))
              : Values.truth(tested);
      if (passes == wanted) {
        result.add(each);
      }
    }
    return result;
  }

  private static Arguments rest(Arguments a, int from) {
    return new Arguments(a.positional().subList(from, a.positional().size()), a.named());
  }

  /** All lines but the first; the text has a newline more than it should. */
  private static Text indented(Object text, Arguments a) {
    Object width = a.get(0, "width", 4L);
    Text by = width instanceof Text t ? t : Text.written(" ").times(Values.whole(width));
    boolean first = Values.truth(a.get(1, "first", false));
    boolean blank = Values.truth(a.get(2, "blank", false));
    var lines = new ArrayList<Text>();
    for (Text line : Methods.lines(Values.text("indent", text), /* ends= */ false)) {
      boolean left = lines.isEmpty() ? !first : line.length() == 0 && !blank;
      lines.add(left ? line : by.plus(line));
    }
    return NEWLINE.join(lines);
  }
}
