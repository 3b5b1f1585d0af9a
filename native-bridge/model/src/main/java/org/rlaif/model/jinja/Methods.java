package org.rlaif.model.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.rlaif.model.jinja.Values.Arguments;
import org.rlaif.model.jinja.Values.Function;
import org.rlaif.model.jinja.Values.Named;
import org.rlaif.model.jinja.Values.None;

/**
 * The methods of Python's texts, lists and maps; none that changes anything, as transformers has
 * it.
 */
final class Methods {
  private Methods() {}

  /** What can be reached with a dot, but is no entry. */
  static @Nullable Object find(Object object, String name) {
    if (object instanceof Named named) {
      return named.named(name);
    }
    if (object instanceof Text text) {
      return ofText(text, name);
    }
    if (object instanceof Map<?, ?> map) {
      return ofMap(map, name);
    }
    if (object instanceof List<?> list) {
      return ofList(list, name);
    }
    return null;
  }

  private static @Nullable Function ofText(Text text, String name) {
    String letters = text.toString();
    return switch (name) {
      case "strip" -> a -> text.strip(chars(a), true, true);
      case "lstrip" -> a -> text.strip(chars(a), true, false);
      case "rstrip" -> a -> text.strip(chars(a), false, true);
      case "removeprefix" -> a -> without(text, text(a, 0, "prefix"), true);
      case "removesuffix" -> a -> without(text, text(a, 0, "suffix"), false);
      case "split" -> a -> split(text, a, false);
      case "rsplit" -> a -> split(text, a, true);
      case "partition" -> a -> partition(text, text(a, 0, "sep"), false);
      case "rpartition" -> a -> partition(text, text(a, 0, "sep"), true);
      case "splitlines" -> a -> lines(text, Values.truth(a.get(0, "keepends", false)));
      case "startswith" -> a -> any(a, letters::startsWith);
      case "endswith" -> a -> any(a, letters::endsWith);
      case "replace" ->
          a ->
              text.replace(
                  text(a, 0, "old"), text(a, 1, "new"), Values.whole(a.get(2, "count", -1L)));
      case "join" -> a -> join(text, a.required(0, "iterable"));
      case "find" -> a -> find(text, text(a, 0, "sub").toString(), false);
      case "rfind" -> a -> find(text, text(a, 0, "sub").toString(), true);
      case "index" -> a -> found(find(text, text(a, 0, "sub").toString(), false));
      case "count" -> a -> (long) text.split(text(a, 0, "sub"), -1).size() - 1;
      case "format" -> a -> Format.braces(text, a);
      case "upper" -> a -> text.upper();
      case "lower" -> a -> text.lower();
      case "title" -> a -> text.title(c -> !Character.isLetter(c));
      case "capitalize" -> a -> text.capitalized();
      case "center" -> a -> text.centered(Values.whole(a.required(0, "width")));
      case "ljust" -> a -> Format.padded(text, Values.whole(a.required(0, "width")), true);
      case "rjust" -> a -> Format.padded(text, Values.whole(a.required(0, "width")), false);
      case "zfill" -> a -> zeros(text, Values.whole(a.required(0, "width")));
      case "isdigit", "isdecimal", "isnumeric" -> a -> all(letters, Character::isDigit);
      case "isalpha" -> a -> all(letters, Character::isLetter);
      case "isalnum" -> a -> all(letters, Character::isLetterOrDigit);
      case "isspace" -> a -> letters.length() > 0 && text.strip(null, true, true).length() == 0;
      case "islower" -> a -> text.isCased(Character::isLowerCase, Character::isUpperCase);
      case "isupper" -> a -> text.isCased(Character::isUpperCase, Character::isLowerCase);
      default -> null;
    };
  }

  private static Text text(Arguments arguments, int index, String name) {
    return Values.text(name, arguments.required(index, name));
  }

  private static boolean all(String letters, IntPredicate test) {
    Budget.reading(letters.length());
    return !letters.isEmpty() && letters.codePoints().allMatch(test);
  }

  private static Text without(Text text, Text part, boolean before) {
    String letters = text.toString();
    int length = part.toString().length();
    if (before) {
      return letters.startsWith(part.toString()) ? text.part(length, letters.length()) : text;
    }
    return letters.endsWith(part.toString()) ? text.part(0, letters.length() - length) : text;
  }

  /** What is before a separator, the separator, and what is behind it. */
  private static Object partition(Text text, Text separator, boolean last) {
    List<Text> parts = last ? text.splitFromRight(separator, 1) : text.split(separator, 1);
    if (parts.size() == 1) {
      return new Values.Tuple(
          last ? List.of(Text.EMPTY, Text.EMPTY, text) : List.of(text, Text.EMPTY, Text.EMPTY));
    }
    return new Values.Tuple(List.of(parts.get(0), separator, parts.get(1)));
  }

  private static Text zeros(Text text, int width) {
    boolean signed = text.toString().startsWith("-") || text.toString().startsWith("+");
    int length = text.toString().length();
    Text zeros = Text.written("0").times(Math.max(0, width - text.length()));
    return text.part(0, signed ? 1 : 0).plus(zeros).plus(text.part(signed ? 1 : 0, length));
  }

  private static Text join(Text separator, Object parts) {
    List<Text> texts = new ArrayList<>();
    for (Object each : Values.list(parts)) {
      texts.add(Values.text("join", each));
    }
    return separator.join(texts);
  }

  private static long found(long at) {
    if (at < 0) {
      throw new JinjaException("index: not found");
    }
    return at;
  }

  private static @Nullable Function ofList(List<?> list, String name) {
    return switch (name) {
      case "index" ->
          a -> {
            for (int i = 0; i < list.size(); i++) {
              if (Comparisons.same(list.get(i), a.required(0, "value"))) {
                return (long) i;
              }
            }
            return found(-1);
          };
      case "count" ->
          a -> list.stream().filter(each -> Comparisons.same(each, a.required(0, "value"))).count();
      default -> null;
    };
  }

  private static @Nullable Function ofMap(Map<?, ?> map, String name) {
    return switch (name) {
      case "items" -> a -> items(map);
      case "keys" -> a -> new ArrayList<Object>(map.keySet());
      case "values" -> a -> new ArrayList<Object>(map.values());
      case "copy" -> a -> map;
      case "get" ->
          a -> {
            Object value = map.get(Values.key(a.required(0, "key")));
            return value == null ? a.get(1, "default", None.NONE) : value;
          };
      default -> null;
    };
  }

  /** Pairs of key and value. */
  static List<Object> items(Map<?, ?> map) {
    Budget.steps(map.size());
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
    return right ? text.wordsFromRight(most) : text.words(most);
  }

  /** What ends with a newline does not end with an empty line. */
  static List<Text> lines(Text text, boolean ends) {
    List<Text> lines = new ArrayList<>();
    String letters = text.toString();
    for (int from = 0, to; from < letters.length(); from = to) {
      int end = from;
      while (end < letters.length()
          && "\n\r\u000b\f\u001c\u001d\u001e\u0085\u2028\u2029".indexOf(letters.charAt(end)) < 0) {
        end++;
      }
      to = Math.min(letters.length(), end + (letters.startsWith("\r\n", end) ? 2 : 1));
      lines.add(text.part(from, ends ? to : end));
    }
    return lines;
  }

  private static boolean any(Arguments arguments, Predicate<String> test) {
    Object parts = arguments.required(0, "prefix or suffix");
    return parts instanceof List<?> list
        ? list.stream().anyMatch(part -> test.test(Values.text("prefix", part).toString()))
        : test.test(Values.text("prefix", parts).toString());
  }

  private static long find(Text text, String part, boolean last) {
    String letters = text.toString();
    Budget.reading(letters.length());
    int at = last ? letters.lastIndexOf(part) : letters.indexOf(part);
    return at < 0 ? -1 : letters.codePointCount(0, at);
  }
}
