package org.rlaif.model.jinja;

import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The kinds of values that there are, and what Python sees in each: truth, length, items, numbers.
 */
final class Values {
  /** Python's None. */
  enum None {
    NONE
  }

  /** A variable or an entry that is not there: empty when printed, and false. */
  record Undefined(String name) {}

  /** A list that is written with round brackets. */
  static class Tuple extends AbstractList<Object> {
    private final List<Object> values;

    Tuple(List<Object> values) {
      this.values = List.copyOf(values);
    }

    @Override
    public Object get(int index) {
      return values.get(index);
    }

    @Override
    public int size() {
      return values.size();
    }
  }

  /** What {@code groupby} makes: a key, and what has it. */
  static final class Group extends Tuple implements Named {
    Group(Object grouper, List<Object> list) {
      super(List.of(grouper, list));
    }

    @Override
    public @Nullable Object named(String name) {
      return name.equals("grouper") ? get(0) : name.equals("list") ? get(1) : null;
    }
  }

  /**
   * What filters leave that do not say how much it is: to be gone through once, and always true.
   */
  static final class Generator {
    private final Supplier<List<Object>> values;
    private @Nullable Iterator<Object> rest;

    /**
     * @param values are not asked for, nor what is wrong with them seen, before somebody goes
     *     through them
     */
    Generator(Supplier<List<Object>> values) {
      this.values = values;
    }

    Iterator<Object> rest() {
      Iterator<Object> begun = rest == null ? values.get().iterator() : rest;
      rest = begun;
      return begun;
    }
  }

  /** What has nothing but names. */
  interface Named {
    /** Null: there is no such name. */
    @Nullable Object named(String name);
  }

  /** What {@code namespace()} makes: the one thing that keeps what a loop sets in it. */
  record Namespace(Map<String, Object> entries) implements Named {
    @Override
    public @Nullable Object named(String name) {
      return entries.get(name);
    }
  }

  /** The arguments of a call. */
  record Arguments(List<Object> positional, Map<String, Object> named) {
    static final Arguments NONE = new Arguments(List.of(), Map.of());

    /** An argument by its place or its name, if it is given. */
    @Nullable Object get(int index, String name) {
      return index < positional.size() ? positional.get(index) : named.get(name);
    }

    Object get(int index, String name, Object otherwise) {
      Object value = get(index, name);
      return value == null ? otherwise : value;
    }

    /** Those with a name, as a template's map. */
    Map<Object, Object> asMap() {
      var map = new LinkedHashMap<Object, Object>();
      named.forEach((name, value) -> map.put(Text.written(name), value));
      return map;
    }

    Object required(int index, String name) {
      Object value = get(index, name);
      if (value == null) {
        throw new JinjaException("no argument " + name);
      }
      return value;
    }
  }

  /** Whatever can be called. */
  interface Function {
    Object call(Arguments arguments);
  }

  private Values() {}

  static boolean truth(Object value) {
    if (value instanceof Boolean b) {
      return b;
    }
    if (value instanceof Number n) {
      return n.doubleValue() != 0;
    }
    if (value instanceof Text || value instanceof List || value instanceof Map) {
      return length(value) > 0;
    }
    return value != None.NONE && !(value instanceof Undefined);
  }

  /** What can be a key: in Python, what has a hash. */
  static Object key(Object value) {
    if (value instanceof Text || isNumber(value) || value == None.NONE) {
      return value;
    }
    throw new JinjaException(kind(value) + " cannot be a key");
  }

  /** A value that has to be text. */
  static Text text(String what, Object value) {
    if (value instanceof Text text) {
      return text;
    }
    throw new JinjaException(what + ": " + kind(value) + " is no text");
  }

  /** A value that has to be a map. */
  static Map<?, ?> map(String what, Object value) {
    if (value instanceof Map<?, ?> map) {
      return map;
    }
    throw new JinjaException(what + ": " + kind(value) + " is no map");
  }

  static int length(Object value) {
    if (value instanceof Text text) {
      return text.length();
    }
    if (value instanceof List<?> list) {
      return list.size();
    }
    if (value instanceof Map<?, ?> map) {
      return map.size();
    }
    if (value instanceof Undefined) {
      return 0;
    }
    throw new JinjaException(kind(value) + " has no length");
  }

  /** What a loop goes through. */
  static List<Object> list(Object value) {
    if (value instanceof List<?> list) {
      Budget.steps(list.size());
      return new ArrayList<>(list);
    }
    if (value instanceof Map<?, ?> map) {
      Budget.steps(map.size());
      return new ArrayList<>(map.keySet());
    }
    if (value instanceof Generator generator) {
      var all = new ArrayList<Object>();
      generator.rest().forEachRemaining(all::add);
      return all;
    }
    if (value instanceof Text text) {
      return new ArrayList<>(text.codePoints());
    }
    if (value instanceof Undefined) {
      return new ArrayList<>();
    }
    throw new JinjaException(kind(value) + " is not iterable");
  }

  /** A number as it is written. */
  static long wholeNumber(String what, String digits) {
    try {
      return Long.parseLong(digits);
    } catch (NumberFormatException e) {
      throw new JinjaException(what + ": a whole number of " + digits.length() + " digits");
    }
  }

  /** A whole number that is no larger than sizes are. */
  static int whole(Object value) {
    long number = wholeNumber(value);
    if (number != (int) number) {
      throw new JinjaException(number + " (expected: fewer than 32 bits)");
    }
    return (int) number;
  }

  static long wholeNumber(Object value) {
    if (value instanceof Long number) {
      return number;
    }
    if (value instanceof Boolean b) {
      return b ? 1 : 0;
    }
    throw new JinjaException(kind(value) + " is not a whole number");
  }

  static boolean isNumber(Object value) {
    return value instanceof Number || value instanceof Boolean;
  }

  static double decimal(Object value) {
    return value instanceof Number n ? n.doubleValue() : Boolean.TRUE.equals(value) ? 1 : 0;
  }

  static String kind(Object value) {
    return value instanceof Undefined undefined
        ? "'" + undefined.name() + "', which is undefined,"
        : value == None.NONE
            ? "None"
            : value instanceof Function ? "a function" : value.getClass().getSimpleName();
  }

  /** Java's values as the template's; strings are given texts. */
  static Object of(@Nullable Object value) {
    if (value == null) {
      return None.NONE;
    }
    if (value instanceof String s) {
      return Text.given(s);
    }
    if (value instanceof Integer i) {
      return i.longValue();
    }
    if (value instanceof List<?> list) {
      return list.stream().map(Values::of).toList();
    }
    if (value instanceof Map<?, ?> map) {
      var result = new LinkedHashMap<Object, Object>();
      map.forEach((key, each) -> result.put(of(key), of(each)));
      return result;
    }
    return value;
  }
}
