package org.rlaif.model.jinja;

import java.math.BigDecimal;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
  static final class Tuple extends AbstractList<Object> {
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

  /** What {@code namespace()} makes: the one thing that keeps what a loop sets in it. */
  record Namespace(Map<String, Object> entries) {}

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
        out.add(i > 0 ? ", " : "").add(literal(list.get(i)));
      }
      return out.add(round && list.size() == 1 ? ",)" : round ? ")" : "]").text();
    }
    if (value instanceof Map<?, ?> map) {
      String comma = "{";
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        out.add(comma).add(literal(entry.getKey())).add(": ").add(literal(entry.getValue()));
        comma = ", ";
      }
      return out.add(map.isEmpty() ? "{}" : "}").text();
    }
    return Text.written(
        value == None.NONE ? "None" : value instanceof Undefined ? "Undefined" : value.toString());
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
    if (isNumber(a) && isNumber(b)) {
      return decimal(a) == decimal(b);
    }
    if (a instanceof List<?> left && b instanceof List<?> right) {
      boolean same = left.size() == right.size();
      for (int i = 0; same && i < left.size(); i++) {
        same = same(left.get(i), right.get(i));
      }
      return same;
    }
    return (a instanceof Undefined && b instanceof Undefined) || a.equals(b);
  }

  static int compare(Object a, Object b) {
    if (isNumber(a) && isNumber(b)) {
      return Double.compare(decimal(a), decimal(b));
    }
    if (a instanceof Text && b instanceof Text) {
      return a.toString().compareTo(b.toString());
    }
    throw new JinjaException("cannot compare " + kind(a) + " with " + kind(b));
  }

  static boolean contains(Object all, Object one) {
    if (all instanceof Text text && one instanceof Text part) {
      return text.toString().contains(part.toString());
    }
    if (all instanceof Map<?, ?> map) {
      return map.containsKey(one);
    }
    return list(all).stream().anyMatch(each -> same(each, one));
  }

  static Object arithmetic(String operator, Object a, Object b) {
    if (operator.equals("+") && a instanceof Text left && b instanceof Text right) {
      return left.plus(right);
    }
    if (operator.equals("+") && a instanceof List<?> left && b instanceof List<?> right) {
      var all = new ArrayList<Object>(left);
      all.addAll(right);
      return all;
    }
    if (operator.equals("*") && a instanceof Text text && b instanceof Long count) {
      return text.times(count);
    }
    if (!isNumber(a) || !isNumber(b)) {
      throw new JinjaException("cannot do " + kind(a) + " " + operator + " " + kind(b));
    }
    boolean whole = !(a instanceof Double) && !(b instanceof Double);
    double x = decimal(a);
    double y = decimal(b);
    if (y == 0 && (operator.equals("/") || operator.equals("//") || operator.equals("%"))) {
      throw new JinjaException("division by zero");
    }
    if (operator.equals("/")) {
      return x / y;
    }
    double result =
        switch (operator) {
          case "+" -> x + y;
          case "-" -> x - y;
          case "*" -> x * y;
          case "//" -> Math.floor(x / y);
          default -> x - Math.floor(x / y) * y;
        };
    return whole ? (Object) (long) result : (Object) result;
  }

  static int length(Object value) {
    if (value instanceof Text text) {
      return text.length();
    }
    if (value instanceof List<?> list) {
      return list.size();
    }
    return value instanceof Map<?, ?> map ? map.size() : list(value).size();
  }

  /** What a loop goes through. */
  static List<Object> list(Object value) {
    if (value instanceof List<?> list) {
      return new ArrayList<>(list);
    }
    if (value instanceof Map<?, ?> map) {
      return new ArrayList<>(map.keySet());
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
    Function method = Methods.find(object, name);
    return method == null ? entry(object, Text.written(name)) : method;
  }

  /** {@code object[key]}: an entry or a method. */
  static Object item(Object object, Object key) {
    Object entry = entry(object, key);
    if (entry instanceof Undefined && key instanceof Text name) {
      Function method = Methods.find(object, name.toString());
      return method == null ? entry : method;
    }
    return entry;
  }

  private static Object entry(Object object, Object key) {
    if (object instanceof Undefined undefined) {
      throw new JinjaException("'" + undefined.name() + "' is undefined");
    }
    Object found = null;
    if (object instanceof Map<?, ?> map) {
      found = map.get(key);
    } else if (object instanceof Namespace space) {
      found = space.entries().get(key.toString());
    } else if (key instanceof Long index && (object instanceof List || object instanceof Text)) {
      int length = length(object);
      int i = (int) (index < 0 ? index + length : index);
      if (i >= 0 && i < length) {
        found = object instanceof List<?> list ? list.get(i) : ((Text) object).slice(i, i + 1);
      }
    }
    return found == null ? new Undefined(key.toString()) : found;
  }

  /** {@code object[from:to:step]}; NONE is what is left out. */
  static Object slice(Object object, Object from, Object to, Object by) {
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
    for (int i = first; step > 0 ? i < last : i > last; i += step) {
      result.add(all.get(i));
    }
    return object instanceof Text
        ? Text.EMPTY.join(result.stream().map(Values::text).toList())
        : result;
  }

  private static int bound(Object value, int length, int step, int otherwise) {
    if (value == None.NONE) {
      return otherwise;
    }
    int i = whole(value);
    int lowest = step > 0 ? 0 : -1;
    return Math.max(lowest, Math.min(i < 0 ? i + length : i, step > 0 ? length : length - 1));
  }

  static int whole(Object value) {
    if (value instanceof Long number) {
      return Math.toIntExact(number);
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
        : value == None.NONE ? "None" : value.getClass().getSimpleName();
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
