package org.rlaif.model.jinja;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.rlaif.model.jinja.Values.Arguments;
import org.rlaif.model.jinja.Values.Function;
import org.rlaif.model.jinja.Values.None;
import org.rlaif.model.jinja.Values.Undefined;

/** What stands behind {@code |}, and behind {@code is}. */
final class Filters {
  private Filters() {}

  static Object apply(String name, Object value, Arguments a) {
    return switch (name) {
      case "trim" ->
          Values.text(value).strip(a.get(0, "chars") instanceof Text t ? t : null, true, true);
      case "tojson" -> Json.text(value, a.get(1, "indent", None.NONE));
      case "length", "count" -> (long) Values.length(value);
      case "upper" -> Values.text(value).upper();
      case "lower" -> Values.text(value).lower();
      case "title" -> Values.text(value).title();
      case "capitalize" -> Values.text(value).capitalized();
      case "string" -> Values.text(value);
      case "safe" -> value;
      case "int" -> integer(value, a.get(0, "default", 0L));
      case "float" -> decimal(value);
      case "abs" ->
          value instanceof Double d ? (Object) Math.abs(d) : (Object) Math.abs((Long) value);
      case "default", "d" ->
          value instanceof Undefined
                  || (Values.truth(a.get(1, "boolean", false)) && !Values.truth(value))
              ? a.get(0, "default_value", Text.EMPTY)
              : value;
      case "replace" ->
          Values.text(value)
              .replace(
                  Values.text(a.required(0, "old")),
                  Values.text(a.required(1, "new")),
                  Values.whole(a.get(2, "count", -1L)));
      case "join" -> join(value, a);
      case "list" -> Values.list(value);
      case "first" -> end(Values.list(value), 0, "first");
      case "last" -> end(Values.list(value), Values.length(value) - 1, "last");
      case "reverse" -> reversed(value);
      case "items" -> value instanceof Map<?, ?> map ? Methods.items(map) : List.of();
      case "dictsort" -> sorted(Methods.items((Map<?, ?>) value));
      case "map" -> mapped(value, a);
      case "select", "reject" -> chosen(value, a, 0, name.equals("select"));
      case "selectattr", "rejectattr" -> chosen(value, a, 1, name.equals("selectattr"));
      case "indent" -> indented(Values.text(value), a);
      default -> throw new JinjaException("no filter named '" + name + "'");
    };
  }

  static boolean test(String name, Object value, Arguments a) {
    return switch (name) {
      case "defined" -> !(value instanceof Undefined);
      case "undefined" -> value instanceof Undefined;
      case "none" -> value == None.NONE;
      case "string" -> value instanceof Text;
      case "mapping" -> value instanceof Map;
      case "sequence" -> value instanceof Text || value instanceof List || value instanceof Map;
      case "iterable" ->
          value instanceof Text
              || value instanceof List
              || value instanceof Map
              || value instanceof Undefined;
      case "number" -> Values.isNumber(value);
      case "integer" -> value instanceof Long;
      case "float" -> value instanceof Double;
      case "boolean" -> value instanceof Boolean;
      case "true" -> Boolean.TRUE.equals(value);
      case "false" -> Boolean.FALSE.equals(value);
      case "callable" -> value instanceof Function;
      case "odd" -> Math.floorMod(Values.whole(value), 2) == 1;
      case "even" -> Math.floorMod(Values.whole(value), 2) == 0;
      case "divisibleby" ->
          Math.floorMod(Values.whole(value), Values.whole(a.required(0, "num"))) == 0;
      case "eq", "equalto", "==" -> Values.same(value, a.required(0, "other"));
      case "ne", "!=" -> !Values.same(value, a.required(0, "other"));
      case "lt", "lessthan" -> Values.compare(value, a.required(0, "other")) < 0;
      case "gt", "greaterthan" -> Values.compare(value, a.required(0, "other")) > 0;
      case "le" -> Values.compare(value, a.required(0, "other")) <= 0;
      case "ge" -> Values.compare(value, a.required(0, "other")) >= 0;
      case "in" -> Values.contains(a.required(0, "seq"), value);
      case "sameas" ->
          value == a.required(0, "other")
              || (value instanceof Boolean && value.equals(a.required(0, "other")));
      case "lower" -> Values.text(value).lower().equals(value);
      case "upper" -> Values.text(value).upper().equals(value);
      default -> throw new JinjaException("no test named '" + name + "'");
    };
  }

  private static Object integer(Object value, Object otherwise) {
    if (Values.isNumber(value)) {
      return (long) Values.decimal(value);
    }
    try {
      return (long) Double.parseDouble(Values.text(value).toString().strip());
    } catch (NumberFormatException e) {
      return otherwise;
    }
  }

  private static Object decimal(Object value) {
    try {
      return Values.isNumber(value)
          ? Values.decimal(value)
          : Double.parseDouble(Values.text(value).toString().strip());
    } catch (NumberFormatException e) {
      return 0.0;
    }
  }

  private static Text join(Object value, Arguments a) {
    Object attribute = a.get(1, "attribute", None.NONE);
    List<Text> parts = new ArrayList<>();
    for (Object each : Values.list(value)) {
      parts.add(Values.text(attribute == None.NONE ? each : Values.item(each, attribute)));
    }
    return Values.text(a.get(0, "d", Text.EMPTY)).join(parts);
  }

  private static Object end(List<Object> list, int index, String name) {
    return list.isEmpty() ? new Undefined(name) : list.get(index);
  }

  private static Object reversed(Object value) {
    List<Object> list = Values.list(value);
    Collections.reverse(list);
    return value instanceof Text ? Text.EMPTY.join(list.stream().map(Values::text).toList()) : list;
  }

  private static List<Object> sorted(List<Object> items) {
    items.sort(
        (a, b) ->
            Values.text(Values.item(a, 0L))
                .lower()
                .toString()
                .compareTo(Values.text(Values.item(b, 0L)).lower().toString()));
    return items;
  }

  private static List<Object> mapped(Object value, Arguments a) {
    Object attribute = a.named().get("attribute");
    var result = new ArrayList<Object>();
    for (Object each : Values.list(value)) {
      if (attribute == null) {
        result.add(apply(a.required(0, "filter").toString(), each, rest(a, 1)));
      } else {
        Object found = Values.item(each, attribute);
        result.add(found instanceof Undefined ? a.named().getOrDefault("default", found) : found);
      }
    }
    return result;
  }

  /** Those that pass a test, or whose attribute does; without a test, those that are true. */
  private static List<Object> chosen(Object value, Arguments a, int test, boolean wanted) {
    var result = new ArrayList<Object>();
    for (Object each : Values.list(value)) {
      Object tested = test == 0 ? each : Values.item(each, a.required(0, "attribute"));
      boolean passes =
          a.positional().size() > test
              ? test(a.positional().get(test).toString(), tested, rest(a, test + 1))
              : Values.truth(tested);
      if (passes == wanted) {
        result.add(each);
      }
    }
    return result;
  }

  private static Arguments rest(Arguments a, int from) {
    return new Arguments(a.positional().subList(from, a.positional().size()), new HashMap<>());
  }

  private static Text indented(Text text, Arguments a) {
    Object width = a.get(0, "width", 4L);
    Text by = width instanceof Text t ? t : Text.written(" ".repeat(Values.whole(width)));
    boolean first = Values.truth(a.get(1, "first", false));
    boolean blank = Values.truth(a.get(2, "blank", false));
    var lines = new ArrayList<Text>();
    for (Text line : text.split(Text.written("\n"), -1)) {
      boolean left = lines.isEmpty() ? !first : line.length() == 0 && !blank;
      lines.add(left ? line : by.plus(line));
    }
    return Text.written("\n").join(lines);
  }
}
