package org.rlaif.model.jinja;

import java.util.ArrayList;
import java.util.List;
import org.rlaif.model.jinja.Values.Tuple;

/** What operators make of values. */
final class Arithmetic {
  private Arithmetic() {}

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
    if (operator.equals("*")
        && (isWhole(a) || isWhole(b))
        && Values.isNumber(a) != Values.isNumber(b)) {
      return Values.isNumber(b) ? times(a, Values.wholeNumber(b)) : times(b, Values.wholeNumber(a));
    }
    if (operator.equals("%") && a instanceof Text pattern) {
      return Format.percent(pattern, b);
    }
    if (!Values.isNumber(a) || !Values.isNumber(b)) {
      throw new JinjaException(
          "cannot do " + Values.kind(a) + " " + operator + " " + Values.kind(b));
    }
    boolean divides = operator.equals("/") || operator.equals("//") || operator.equals("%");
    if (divides && Values.decimal(b) == 0) {
      throw new JinjaException("division by zero");
    }
    boolean whole = !(a instanceof Double) && !(b instanceof Double) && !operator.equals("/");
    return whole
        ? whole(operator, Values.wholeNumber(a), Values.wholeNumber(b))
        : (Object) broken(operator, Values.decimal(a), Values.decimal(b));
  }

  static Object signed(String sign, Object value) {
    if (!Values.isNumber(value)) {
      throw new JinjaException("cannot do " + sign + " " + Values.kind(value));
    }
    if (value instanceof Double d) {
      return sign.equals("-") ? -d : d;
    }
    return whole(sign, 0, Values.wholeNumber(value));
  }

  private static Object times(Object value, long count) {
    if (value instanceof Text text) {
      return text.times(count);
    }
    if (!(value instanceof List<?> list)) {
      throw new JinjaException("cannot do " + Values.kind(value) + " * " + count);
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

  private static boolean isWhole(Object value) {
    return value instanceof Long || value instanceof Boolean;
  }
}
