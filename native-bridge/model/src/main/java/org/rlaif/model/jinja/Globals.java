package org.rlaif.model.jinja;

import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.rlaif.model.jinja.Values.Arguments;
import org.rlaif.model.jinja.Values.Function;
import org.rlaif.model.jinja.Values.Named;
import org.rlaif.model.jinja.Values.None;

/** The functions that every template has. */
final class Globals {
  /** What Jinja's sandbox allows. */
  private static final int LONGEST_RANGE = 100_000;

  /** The letters of {@code strftime} and their patterns. */
  private static final Map<Character, DateTimeFormatter> TIMES =
      Map.ofEntries(
          time('d', "dd"),
          time('m', "MM"),
          time('b', "MMM"),
          time('B', "MMMM"),
          time('y', "yy"),
          time('Y', "yyyy"),
          time('a', "EEE"),
          time('A', "EEEE"),
          time('j', "DDD"),
          time('H', "HH"),
          time('I', "hh"),
          time('M', "mm"),
          time('S', "ss"),
          time('p', "a"));

  private Globals() {}

  private static Map.Entry<Character, DateTimeFormatter> time(char letter, String pattern) {
    return Map.entry(letter, DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH));
  }

  /**
   * @param now for templates that tell the date
   */
  static void define(Variables scope, Supplier<LocalDateTime> now) {
    function(scope, "raise_exception", Globals::raise);
    function(scope, "strftime_now", a -> time(now.get(), a.required(0, "format").toString()));
    function(scope, "namespace", Globals::namespace);
    function(scope, "dict", Globals::map);
    function(scope, "range", Globals::range);
    function(scope, "joiner", a -> joiner(Literals.text(a.get(0, "sep", Text.written(", ")))));
    function(scope, "cycler", a -> new Cycler(a.positional()));
  }

  private static void function(Variables scope, String name, Function function) {
    scope.set(name, function);
  }

  private static Object raise(Arguments arguments) {
    throw new JinjaException(arguments.required(0, "message").toString());
  }

  private static Object namespace(Arguments arguments) {
    var entries = new LinkedHashMap<String, Object>();
    map(arguments).forEach((name, value) -> entries.put(String.valueOf(name), value));
    return new Values.Namespace(entries);
  }

  private static Map<Object, Object> map(Arguments arguments) {
    var map = new LinkedHashMap<Object, Object>();
    if (!arguments.positional().isEmpty()) {
      Object from = arguments.positional().get(0);
      if (from instanceof Map<?, ?> other) {
        map.putAll(other);
      } else {
        for (Object each : Values.list(from)) {
          List<Object> pair = Values.list(each);
          if (pair.size() != 2) {
            throw new JinjaException("dict: " + pair.size() + " values (expected: key and value)");
          }
          map.put(Values.key(pair.get(0)), pair.get(1));
        }
      }
    }
    map.putAll(arguments.asMap());
    return map;
  }

  private static Object range(Arguments arguments) {
    boolean one = arguments.positional().size() == 1;
    long from = one ? 0 : Values.whole(arguments.required(0, "start"));
    long to = Values.whole(arguments.required(one ? 0 : 1, "stop"));
    long step = Values.whole(arguments.get(2, "step", 1L));
    if (step == 0) {
      throw new JinjaException("range: the step is 0");
    }
    long count = Math.max(0, Math.floorDiv(to - from - Long.signum(step), step) + 1);
    if (count > LONGEST_RANGE) {
      throw new JinjaException("range: " + count + " numbers (expected: at most 100000)");
    }
    Budget.steps(count);
    var range = new ArrayList<Object>();
    for (long i = from; step > 0 ? i < to : i > to; i += step) {
      range.add(i);
    }
    return range;
  }

  private static Text time(LocalDateTime now, String format) {
    var text = new StringBuilder();
    Budget.steps(format.length());
    for (int i = 0; i < format.length(); i++) {
      char c = format.charAt(i);
      if (c != '%' || i + 1 == format.length()) {
        text.append(c);
        continue;
      }
      char letter = format.charAt(++i);
      boolean bare = letter == '-' && i + 1 < format.length(); // without a leading zero
      letter = bare ? format.charAt(++i) : letter;
      DateTimeFormatter formatter = TIMES.get(letter);
      if (letter != '%' && formatter == null) {
        throw new JinjaException("strftime_now: %" + letter + " is not known");
      }
      String part = formatter == null ? "%" : formatter.format(now);
      text.append(bare ? part.replaceFirst("^0+(?=.)", "") : part);
    }
    return Text.written(text.toString());
  }

  /** Nothing when it is called first, then what separates. */
  private static Function joiner(Text separator) {
    Iterator<Text> texts = Stream.iterate(Text.EMPTY, before -> separator).iterator();
    return a -> texts.next();
  }

  /** Its items in turn. */
  private static final class Cycler implements Named {
    private final List<Object> items;
    private int at;

    Cycler(List<Object> items) {
      if (items.isEmpty()) {
        throw new JinjaException("cycler: no items");
      }
      this.items = items;
    }

    @Override
    public @Nullable Object named(String name) {
      return switch (name) {
        case "current" -> items.get(at);
        case "next" -> (Function) a -> next();
        case "reset" -> (Function) a -> reset();
        default -> null;
      };
    }

    private Object next() {
      Object now = items.get(at);
      at = (at + 1) % items.size();
      return now;
    }

    private Object reset() {
      at = 0;
      return None.NONE;
    }
  }
}
