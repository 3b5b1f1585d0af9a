package org.rlaif.model.jinja;

import java.util.List;
import java.util.Map;
import org.rlaif.model.jinja.Values.Tuple;
import org.rlaif.model.jinja.Values.Undefined;

/** Which values are the same, which is the smaller one, and what is in what. */
final class Comparisons {
  private Comparisons() {}

  static boolean same(Object a, Object b) {
    Budget.steps(1);
    if (Values.isNumber(a) && Values.isNumber(b)) {
      return (a instanceof Long x && b instanceof Long y)
          ? x.equals(y)
          : Values.decimal(a) == Values.decimal(b);
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
    if (Values.isNumber(a) && Values.isNumber(b)) {
      return Double.compare(Values.decimal(a), Values.decimal(b));
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
    throw new JinjaException("cannot compare " + Values.kind(a) + " with " + Values.kind(b));
  }

  static boolean contains(Object all, Object one) {
    if (all instanceof Text text) {
      Budget.reading(text.toString().length());
      return text.toString().contains(Values.text("in", one).toString());
    }
    if (all instanceof Map<?, ?> map) {
      return map.containsKey(Values.key(one));
    }
    return Values.list(all).stream().anyMatch(each -> same(each, one));
  }
}
