package org.rlaif.model.jinja;

import java.math.BigDecimal;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What Python does with values. */
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
    throw new JinjaException(kind(value) + " cannot be written; a list of it can");
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

  static boolean same(Object a, Object b) {
    Budget.steps(1);
    if (isNumber(a) && isNumber(b)) {
      return (a instanceof Long x && b instanceof Long y) ? x.equals(y) : decimal(a) == decimal(b);
    }
    if (a instanceof Text left && b instanceof Text right) {
      Budget.reading(
          left.toString().length() == right.toString().length() ? left.toString().length() : 0);
      return left.equals(right);
    }
    if (a instanceof List<?> left && b instanceof List<?> right) {
      boolean same = left.size() == right.size() && a instanceof Tuple == b instanceof Tuple;
      for (int i = 0; same && i < left.size(); i++) {
        Object x = left.get(i);
        Object y = right.get(i);
        same = Budget.deeper(() -> same(x, y));
      }
      return same;
    }
    if (a instanceof Map<?, ?> left && b instanceof Map<?, ?> right) {
      boolean same = left.size() == right.size();
      for (Map.Entry<?, ?> entry : left.entrySet()) {
        Object other = right.get(entry.getKey());
        same = same && other != null && Budget.deeper(() -> same(entry.getValue(), other));
      }
      return same;
    }
    return a == b || (a instanceof Undefined && b instanceof Undefined);
  }

  static int compare(Object a, Object b) {
    Budget.steps(1);
    if (a instanceof Long x && b instanceof Long y) {
      return x.compareTo(y);
    }
    if (isNumber(a) && isNumber(b)) {
      return Double.compare(decimal(a), decimal(b));
    }
    if (a instanceof Text x && b instanceof Text y) {
      return x.compareTo(y);
    }
    if (a instanceof List<?> x
        && b instanceof List<?> y
        && a instanceof Tuple == b instanceof Tuple) {
      for (int i = 0; i < x.size() && i < y.size(); i++) {
        Object left = x.get(i);
        Object right = y.get(i);
        if (!same(left, right)) {
          return Budget.deeper(() -> compare(left, right));
        }
      }
      return Integer.compare(x.size(), y.size());
    }
    throw new JinjaException("cannot compare " + kind(a) + " with " + kind(b));
  }

  static boolean contains(Object all, Object one) {
    if (all instanceof Text text) {
      Budget.reading(text.toString().length());
      return text.toString().contains(text("in", one).toString());
    }
    if (all instanceof Map<?, ?> map) {
      return map.containsKey(key(one));
    }
    return list(all).stream().anyMatch(each -> same(each, one));
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

  static Object arithmetic(String operator, Object a, Object b) {
    if (operator.equals("+") && a instanceof Text left && b instanceof Text right) {
      return left.plus(right);
    }
    if (operator.equals("+")
        && a instanceof List<?> left
        && b instanceof List<?> right
        && a instanceof Tuple == b instanceof Tuple) {
      Budget.steps(left.size() + right.size());
      var all = new ArrayList<Object>(left);
      all.addAll(right);
      return a instanceof Tuple ? new Tuple(all) : all;
    }
    if (operator.equals("*") && (isWhole(a) || isWhole(b)) && isNumber(a) != isNumber(b)) {
      return isNumber(b) ? times(a, wholeNumber(b)) : times(b, wholeNumber(a));
    }
    if (operator.equals("%") && a instanceof Text pattern) {
      return Format.percent(pattern, b);
    }
    if (!isNumber(a) || !isNumber(b)) {
      throw new JinjaException("cannot do " + kind(a) + " " + operator + " " + kind(b));
    }
    boolean divides = operator.equals("/") || operator.equals("//") || operator.equals("%");
    if (divides && decimal(b) == 0) {
      throw new JinjaException("division by zero");
    }
    boolean whole = !(a instanceof Double) && !(b instanceof Double) && !operator.equals("/");
    return whole
        ? whole(operator, wholeNumber(a), wholeNumber(b))
        : (Object) broken(operator, decimal(a), decimal(b));
  }

  static Object signed(String sign, Object value) {
    if (!isNumber(value)) {
      throw new JinjaException("cannot do " + sign + " " + kind(value));
    }
    if (value instanceof Double d) {
      return sign.equals("-") ? -d : d;
    }
    return whole(sign, 0, wholeNumber(value));
  }

  private static Object times(Object value, long count) {
    if (value instanceof Text text) {
      return text.times(count);
    }
    if (!(value instanceof List<?> list)) {
      throw new JinjaException("cannot do " + kind(value) + " * " + count);
    }
    Budget.steps(Math.max(0, count) * Math.max(1, list.size()));
    var all = new ArrayList<Object>();
    for (long i = 0; i < count; i++) {
      all.addAll(list);
    }
    return value instanceof Tuple ? new Tuple(all) : all;
  }

  private static Object whole(String operator, long x, long y) {
    try {
      return switch (operator) {
        case "+" -> Math.addExact(x, y);
        case "-" -> Math.subtractExact(x, y);
        case "*" -> Math.multiplyExact(x, y);
        case "//" -> Math.floorDiv(x, y);
        case "%" -> Math.floorMod(x, y);
        default -> y < 0 ? (Object) Math.pow((double) x, (double) y) : (Object) power(x, y);
      };
    } catch (ArithmeticException e) {
      throw new JinjaException("%d %s %d: more than 63 bits".formatted(x, operator, y));
    }
  }

  private static long power(long x, long y) {
    long result = 1;
    for (long i = 0; i < y && result != 0 && Math.abs(x) > 1; i++) {
      result = Math.multiplyExact(result, x);
    }
    return Math.abs(x) > 1 ? result : y == 0 ? 1 : x == -1 && y % 2 == 0 ? 1 : x;
  }

  private static double broken(String operator, double x, double y) {
    return switch (operator) {
      case "+" -> x + y;
      case "-" -> x - y;
      case "*" -> x * y;
      case "/" -> x / y;
      case "//" -> Math.floor(x / y);
      case "%" -> {
        double rest = x % y;
        yield rest != 0 && rest < 0 != y < 0 ? rest + y : rest;
      }
      default -> Math.pow(x, y);
    };
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

  /** {@code object.name}: a method or an entry. */
  static Object attribute(Object object, String name) {
    if (object instanceof Named named) {
      Object found = named.named(name);
      return found == null ? entry(object, Text.written(name)) : found;
    }
    Function method = Methods.find(object, name);
    return method == null ? entry(object, Text.written(name)) : method;
  }

  /** {@code object[key]}: an entry or a method. */
  static Object item(Object object, Object key) {
    Object entry = entry(object, key);
    if (entry instanceof Undefined && key instanceof Text name) {
      Object found =
          object instanceof Named named
              ? named.named(name.toString())
              : Methods.find(object, name.toString());
      return found == null ? entry : found;
    }
    return entry;
  }

  /** What the path of an attribute leads to: names and numbers with dots between. */
  static Object path(Object object, Object path) {
    if (!(path instanceof Text names)) {
      return item(object, path);
    }
    Object found = object;
    for (String name : names.toString().split("\\.", -1)) {
      boolean number = !name.isEmpty() && name.chars().allMatch(c -> c >= '0' && c <= '9');
      found = item(found, number ? (Object) wholeNumber("attribute", name) : Text.written(name));
    }
    return found;
  }

  /** A number as it is written. */
  static long wholeNumber(String what, String digits) {
    try {
      return Long.parseLong(digits);
    } catch (NumberFormatException e) {
      throw new JinjaException(what + ": a whole number of " + digits.length() + " digits");
    }
  }

  private static Object entry(Object object, Object key) {
    if (object instanceof Undefined undefined) {
      throw new JinjaException("'" + undefined.name() + "' is undefined");
    }
    Object found = null;
    if (object instanceof Map<?, ?> map) {
      found = map.get(key);
    } else if (key instanceof Long index && (object instanceof List || object instanceof Text)) {
      int length = length(object);
      long i = index < 0 ? index + length : index;
      if (i >= 0 && i < length) {
        found =
            object instanceof List<?> list
                ? list.get((int) i)
                : ((Text) object).slice((int) i, (int) i + 1);
      }
    }
    return found == null ? new Undefined(String.valueOf(key)) : found;
  }

  /** {@code object[from:to:step]}; NONE is what is left out. */
  static Object slice(Object object, Object from, Object to, Object by) {
    if (!(object instanceof List || object instanceof Text)) {
      throw new JinjaException(kind(object) + " has no parts");
    }
    int length = length(object);
    int step = by == None.NONE ? 1 : whole(by);
    if (step == 0) {
      throw new JinjaException("slice step cannot be zero");
    }
    int first = bound(from, length, step, step > 0 ? 0 : length - 1);
    int last = bound(to, length, step, step > 0 ? length : -1);
    if (object instanceof Text text && step == 1) {
      return text.slice(first, Math.max(first, last));
    }
    List<Object> all = list(object);
    var result = new ArrayList<Object>();
    for (long i = first; step > 0 ? i < last : i > last; i += step) {
      result.add(all.get((int) i));
    }
    return object instanceof Text
        ? Text.EMPTY.join(result.stream().map(Values::text).toList())
        : object instanceof Tuple ? new Tuple(result) : result;
  }

  private static int bound(Object value, int length, int step, int otherwise) {
    if (value == None.NONE) {
      return otherwise;
    }
    long i = whole(value);
    long lowest = step > 0 ? 0 : -1;
    long highest = step > 0 ? length : length - 1;
    return (int) Math.max(lowest, Math.min(i < 0 ? i + length : i, highest));
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

  private static boolean isWhole(Object value) {
    return value instanceof Long || value instanceof Boolean;
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
