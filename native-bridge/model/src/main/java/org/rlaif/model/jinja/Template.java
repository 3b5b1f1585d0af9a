package org.rlaif.model.jinja;

import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A template that was read, to be rendered any number of times, by many threads at once. */
public final class Template {
  /** Ten times what the longest ones have that are about. */
  private static final int LONGEST = 1 << 18;

  private final Statement statement;

  private Template(Statement statement) {
    this.statement = statement;
  }

  /** Reads a template, or throws a {@link JinjaException} that names the line. */
  public static Template of(String source) {
    if (source.length() > LONGEST) {
      throw new JinjaException(source.length() + " characters (expected: at most " + LONGEST + ")");
    }
    return new Template(withinStack(() -> new Statements(source).template()));
  }

  /**
   * Renders it, or throws a {@link JinjaException}; one that takes too long or writes too much is
   * stopped.
   *
   * @param variables strings, numbers, booleans, nulls, and lists and maps of such, and {@link
   *     Text}; strings count as given
   * @param now for templates that tell the date
   */
  public Text render(Map<String, ?> variables, Supplier<LocalDateTime> now) {
    var scope = new Variables(null);
    Globals.define(scope, now);
    variables.forEach((name, value) -> scope.set(name, Values.of(value)));
    return Budget.limit(
        size(variables),
        () ->
            withinStack(
                () -> {
                  var out = new Text.Builder();
                  statement.run(scope, out);
                  return out.text();
                }));
  }

  /** Characters of all that is given, and one for each value. */
  private static long size(@Nullable Object value) {
    long size = 1;
    if (value instanceof String s) {
      size += s.length();
    } else if (value instanceof List<?> list) {
      for (Object each : list) {
        size += size(each);
      }
    } else if (value instanceof Map<?, ?> map) {
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        size += size(entry.getKey()) + size(entry.getValue());
      }
    }
    return size;
  }

  /** Depth is limited, but how much stack is left to a caller is not known. */
  private static <T> T withinStack(Supplier<T> work) {
    try {
      return work.get();
    } catch (StackOverflowError e) {
      throw Budget.tooDeep();
    }
  }
}
