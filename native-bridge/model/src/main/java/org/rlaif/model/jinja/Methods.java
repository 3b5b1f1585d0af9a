package org.rlaif.model.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.rlaif.model.jinja.Values.Arguments;
import org.rlaif.model.jinja.Values.Function;
import org.rlaif.model.jinja.Values.None;

/** The methods of Python's texts and maps; none that changes anything, as transformers has it. */
final class Methods {
  private Methods() {}

  static @Nullable Function find(Object object, String name) {
    if (object instanceof Text text) {
      return ofText(text, name);
    }
    if (object instanceof Map<?, ?> map) {
      return ofMap(map, name);
    }
    return null;
  }

  private static @Nullable Function ofText(Text text, String name) {
    return switch (name) {
      case "strip" -> a -> text.strip(chars(a), true, true);
      case "lstrip" -> a -> text.strip(chars(a), true, false);
      case "rstrip" -> a -> text.strip(chars(a), false, true);
      case "split" -> a -> split(text, a, false);
      case "rsplit" -> a -> split(text, a, true);
      case "splitlines" -> a -> lines(text);
      case "startswith" -> a -> any(a, part -> text.toString().startsWith(part));
      case "endswith" -> a -> any(a, part -> text.toString().endsWith(part));
      case "replace" ->
          a ->
              text.replace(
                  (Text) a.required(0, "old"),
                  (Text) a.required(1, "new"),
                  Values.whole(a.get(2, "count", -1L)));
      case "join" ->
          a ->
              text.join(Values.list(a.required(0, "iterable")).stream().map(Values::text).toList());
      case "find" -> a -> find(text, a.required(0, "sub").toString());
      case "count" -> a -> (long) text.split((Text) a.required(0, "sub"), -1).size() - 1;
      case "upper" -> a -> text.upper();
      case "lower" -> a -> text.lower();
      case "title" -> a -> text.title();
      case "capitalize" -> a -> text.capitalized();
      case "isdigit" ->
          a -> text.length() > 0 && text.toString().codePoints().allMatch(Character::isDigit);
      default -> null;
    };
  }

  private static @Nullable Function ofMap(Map<?, ?> map, String name) {
    return switch (name) {
      case "items" -> a -> items(map);
      case "keys" -> a -> new ArrayList<Object>(map.keySet());
      case "values" -> a -> new ArrayList<Object>(map.values());
      case "get" ->
          a -> {
            Object value = map.get(a.required(0, "key"));
            return value == null ? a.get(1, "default", None.NONE) : value;
          };
      default -> null;
    };
  }

  /** Pairs of key and value. */
  static List<Object> items(Map<?, ?> map) {
    var items = new ArrayList<Object>();
    map.forEach((key, value) -> items.add(new Values.Tuple(List.of(key, value))));
    return items;
  }

  private static @Nullable Text chars(Arguments arguments) {
    return arguments.get(0, "chars", None.NONE) instanceof Text text ? text : null;
  }

  private static List<Text> split(Text text, Arguments arguments, boolean right) {
    long most = Values.whole(arguments.get(1, "maxsplit", -1L));
    if (arguments.get(0, "sep", None.NONE) instanceof Text separator) {
      return right ? text.splitFromRight(separator, most) : text.split(separator, most);
    }
    if (most >= 0) {
      throw new JinjaException("split: a number of parts needs a separator");
    }
    return text.words();
  }

  /** What ends with a newline does not end with an empty line. */
  private static List<Text> lines(Text text) {
    Text newline = Text.written("\n");
    List<Text> lines = text.replace(Text.written("\r\n"), newline, -1).split(newline, -1);
    boolean ended = lines.get(lines.size() - 1).length() == 0;
    return ended ? lines.subList(0, lines.size() - 1) : lines;
  }

  private static boolean any(Arguments arguments, java.util.function.Predicate<String> test) {
    Object parts = arguments.required(0, "prefix or suffix");
    return parts instanceof List<?> list
        ? list.stream().anyMatch(part -> test.test(part.toString()))
        : test.test(Values.text(parts).toString());
  }

  private static long find(Text text, String part) {
    int at = text.toString().indexOf(part);
    return at < 0 ? -1 : text.toString().codePointCount(0, at);
  }
}
