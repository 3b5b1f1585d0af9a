package org.rlaif.model.jinja;

import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import org.rlaif.model.jinja.Statements.Statement;
import org.rlaif.model.jinja.Values.Arguments;
import org.rlaif.model.jinja.Values.Function;

/** A template that was read, to be rendered any number of times, by many threads at once. */
public final class Template {
  /** The letters of {@code strftime} and their patterns. */
  private static final Map<Character, String> TIMES =
      Map.ofEntries(
          Map.entry('d', "dd"),
          Map.entry('m', "MM"),
          Map.entry('b', "MMM"),
          Map.entry('B', "MMMM"),
          Map.entry('y', "yy"),
          Map.entry('Y', "yyyy"),
          Map.entry('a', "EEE"),
          Map.entry('A', "EEEE"),
          Map.entry('j', "DDD"),
          Map.entry('H', "HH"),
          Map.entry('I', "hh"),
          Map.entry('M', "mm"),
          Map.entry('S', "ss"),
          Map.entry('p', "a"));

  private final Statement statement;

  private Template(Statement statement) {
    this.statement = statement;
  }

  /** Reads a template, or throws a {@link JinjaException} that names the line. */
  public static Template of(String source) {
    return new Template(new Statements(source).template());
  }

  /**
   * Renders it.
   *
   * @param variables strings, numbers, booleans, nulls, and lists and maps of such, and {@link
   *     Text}; strings count as given
   * @param now for templates that tell the date
   */
  public Text render(Map<String, ?> variables, Supplier<LocalDateTime> now) {
    var scope = new Scope(null);
    function(scope, "raise_exception", Template::raise);
    function(scope, "strftime_now", a -> time(now.get(), a.required(0, "format").toString()));
    function(scope, "namespace", a -> new Values.Namespace(new LinkedHashMap<>(a.named())));
    function(scope, "dict", Template::map);
    function(scope, "range", Template::range);
    variables.forEach((name, value) -> scope.set(name, Values.of(value)));
    var out = new Text.Builder();
    statement.run(scope, out);
    return out.text();
  }

  private static void function(Scope scope, String name, Function function) {
    scope.set(name, function);
  }

  private static Object raise(Arguments arguments) {
    throw new JinjaException(arguments.required(0, "message").toString());
  }

  private static Object map(Arguments arguments) {
    var map = new LinkedHashMap<Object, Object>();
    arguments.named().forEach((name, value) -> map.put(Text.written(name), value));
    return map;
  }

  private static Object range(Arguments arguments) {
    boolean one = arguments.positional().size() == 1;
    int from = one ? 0 : Values.whole(arguments.required(0, "start"));
    int to = Values.whole(arguments.required(one ? 0 : 1, "stop"));
    int step = Values.whole(arguments.get(2, "step", 1L));
    if (step == 0) {
      throw new JinjaException("range: the step is 0");
    }
    var range = new ArrayList<Object>();
    for (int i = from; step > 0 ? i < to : i > to; i += step) {
      range.add((long) i);
    }
    return range;
  }

  private static Text time(LocalDateTime now, String format) {
    var text = new StringBuilder();
    for (int i = 0; i < format.length(); i++) {
      char c = format.charAt(i);
      if (c != '%' || i + 1 == format.length()) {
        text.append(c);
        continue;
      }
      char letter = format.charAt(++i);
      boolean bare = letter == '-' && i + 1 < format.length(); // without a leading zero
      letter = bare ? format.charAt(++i) : letter;
      String pattern = TIMES.get(letter);
      if (letter != '%' && pattern == null) {
        throw new JinjaException("strftime_now: %" + letter + " is not known");
      }
      String part =
          pattern == null ? "%" : DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH).format(now);
      text.append(bare ? part.replaceFirst("^0+(?=.)", "") : part);
    }
    return Text.written(text.toString());
  }
}
