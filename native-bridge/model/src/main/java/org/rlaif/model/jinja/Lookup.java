package org.rlaif.model.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.rlaif.model.jinja.Values.None;
import org.rlaif.model.jinja.Values.Tuple;
import org.rlaif.model.jinja.Values.Undefined;

/** What dots and brackets behind a value lead to. */
final class Lookup {
  private Lookup() {}

  /** {@code object.name}: a method or an entry. */
  static Object attribute(Object object, String name) {
    Object found = Methods.find(object, name);
    return found == null ? entry(object, Text.written(name)) : found;
  }

  /** {@code object[key]}: an entry or a method. */
  static Object item(Object object, Object key) {
    Object entry = entry(object, key);
    if (entry instanceof Undefined && key instanceof Text name) {
      Object found = Methods.find(object, name.toString());
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
      found =
          item(found, number ? (Object) Values.wholeNumber("attribute", name) : Text.written(name));
    }
    return found;
  }

  private static Object entry(Object object, Object key) {
    if (object instanceof Undefined undefined) {
      throw new JinjaException("'" + undefined.name() + "' is undefined");
    }
    Object found = null;
    if (object instanceof Map<?, ?> map) {
      found = map.get(key);
    } else if (key instanceof Long index && (object instanceof List || object instanceof Text)) {
      int length = Values.length(object);
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
      throw new JinjaException(Values.kind(object) + " has no parts");
    }
    int length = Values.length(object);
    int step = by == None.NONE ? 1 : Values.whole(by);
    if (step == 0) {
      throw new JinjaException("slice step cannot be zero");
    }
    int first = bound(from, length, step, step > 0 ? 0 : length - 1);
    int last = bound(to, length, step, step > 0 ? length : -1);
    if (object instanceof Text text && step == 1) {
      return text.slice(first, Math.max(first, last));
    }
    List<Object> all = Values.list(object);
    var result = new ArrayList<Object>();
    for (long i = first; step > 0 ? i < last : i > last; i += step) {
      result.add(all.get((int) i));
    }
    return object instanceof Text
        ? Text.EMPTY.join(result.stream().map(Text.class::cast).toList())
        : object instanceof Tuple ? new Tuple(result) : result;
  }

  private static int bound(Object value, int length, int step, int otherwise) {
    if (value == None.NONE) {
      return otherwise;
    }
    long i = Values.whole(value);
    long lowest = step > 0 ? 0 : -1;
    long highest = step > 0 ? length : length - 1;
    return (int) Math.max(lowest, Math.min(i < 0 ? i + length : i, highest));
  }
}
