package org.rlaif.model.jinja;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.rlaif.model.jinja.Values.Arguments;
import org.rlaif.model.jinja.Values.None;
import org.rlaif.model.jinja.Values.Undefined;

/** The filters that order values, or find out which of them are alike. */
final class Sorting {
  private static final Comparator<Object> ORDER = Comparisons::compare;

  private Sorting() {}

  /** By several attributes, with commas between, if they are given. */
  static List<Object> sort(Object value, Arguments a) {
    Object attribute = a.get(2, "attribute", None.NONE);
    boolean exact = Values.truth(a.get(1, "case_sensitive", false));
    List<Object> all = Values.list(value);
    List<Text> paths =
        attribute instanceof Text several ? several.split(Text.written(","), -1) : List.of();
    Function<Object, Object> key =
        paths.isEmpty() ? key(attribute, exact) : each -> keys(each, paths, exact);
    sort(all, key, Values.truth(a.get(0, "reverse", false)));
    return all;
  }

  private static Object keys(Object value, List<Text> paths, boolean exact) {
    return paths.stream().map(path -> key(path, exact).apply(value)).toList();
  }

  /** What values are compared by. */
  private static Function<Object, Object> key(Object attribute, boolean exact) {
    return folded(value -> attribute == None.NONE ? value : Lookup.path(value, attribute), exact);
  }

  private static Function<Object, Object> folded(Function<Object, Object> shown, boolean exact) {
    return value -> {
      Object key = shown.apply(value);
      return !exact && key instanceof Text text ? text.lower() : key;
    };
  }

  /** Those that are alike stay in their order, backwards as well. */
  private static void sort(List<Object> all, Function<Object, Object> key, boolean backwards) {
    Comparator<Object> order = Comparator.comparing(key, ORDER);
    all.sort(backwards ? order.reversed() : order);
  }

  /** Pairs of a map, by its keys or its values. */
  static List<Object> dictsort(Object value, Arguments a) {
    List<Object> items = Methods.items(Values.map("dictsort", value));
    String by = Literals.text(a.get(1, "by", Text.written("key"))).toString();
    if (!by.equals("key") && !by.equals("value")) {
      throw new JinjaException("dictsort: by " + by + " (expected: key or value)");
    }
    boolean exact = Values.truth(a.get(0, "case_sensitive", false));
    Object index = by.equals("key") ? 0L : 1L;
    sort(items, key(index, exact), Values.truth(a.get(2, "reverse", false)));
    return items;
  }

  static Object max(Object value, Arguments a) {
    return most(value, a, ORDER);
  }

  static Object min(Object value, Arguments a) {
    return most(value, a, ORDER.reversed());
  }

  /** The first of the largest. */
  private static Object most(Object value, Arguments a, Comparator<Object> order) {
    boolean exact = Values.truth(a.get(0, "case_sensitive", false));
    var key = key(a.get(1, "attribute", None.NONE), exact);
    Object found = new Undefined("the largest of nothing");
    Object foundKey = found;
    for (Object each : Values.list(value)) {
      Object next = key.apply(each);
      if (foundKey instanceof Undefined || order.compare(next, foundKey) > 0) {
        found = each;
        foundKey = next;
      }
    }
    return found;
  }

  /** The first of those that are alike. */
  static List<Object> unique(Object value, Arguments a) {
    boolean exact = Values.truth(a.get(0, "case_sensitive", false));
    var key = key(a.get(1, "attribute", None.NONE), exact);
    Set<Object> seen = new HashSet<>();
    List<Object> unique = new ArrayList<>();
    for (Object each : Values.list(value)) {
      Object found = key.apply(each);
      if (seen.add(found instanceof Undefined ? Undefined.class : Values.key(found))) {
        unique.add(each);
      }
    }
    return unique;
  }

  /** In the order of the attribute; the key of a group is that of its first value. */
  static List<Object> groupby(Object value, Arguments a) {
    Object attribute = a.required(0, "attribute");
    Object otherwise = a.get(1, "default", None.NONE);
    boolean exact = Values.truth(a.get(2, "case_sensitive", false));
    Function<Object, Object> shown =
        each -> {
          Object found = Lookup.path(each, attribute);
          return found instanceof Undefined && otherwise != None.NONE ? otherwise : found;
        };
    Function<Object, Object> key = folded(shown, exact);
    List<Object> all = Values.list(value);
    sort(all, key, false);
    List<Object> groups = new ArrayList<>();
    for (int from = 0, to; from < all.size(); from = to) {
      Object grouper = key.apply(all.get(from));
      to = from + 1;
      while (to < all.size() && Comparisons.same(grouper, key.apply(all.get(to)))) {
        to++;
      }
      List<Object> group = List.copyOf(all.subList(from, to));
      groups.add(new Values.Group(shown.apply(group.get(0)), group));
    }
    return groups;
  }

  static Object sum(Object value, Arguments a) {
    Object attribute = a.get(0, "attribute", None.NONE);
    Object sum = a.get(1, "start", 0L);
    for (Object each : Values.list(value)) {
      Object more = attribute == None.NONE ? each : Lookup.path(each, attribute);
      sum = Arithmetic.arithmetic("+", sum, more);
    }
    return sum;
  }

  /** Lists of so many. */
  static List<Object> batch(Object value, Arguments a) {
    int size = Values.whole(a.required(0, "linecount"));
    Object filling = a.get(1, "fill_with", None.NONE);
    List<Object> all = Values.list(value);
    List<Object> batches = new ArrayList<>();
    for (int from = 0; from < all.size(); from += Math.max(1, size)) {
      batches.add(
          filled(all.subList(from, Math.min(from + Math.max(1, size), all.size())), filling, size));
    }
    return batches;
  }

  private static List<Object> filled(List<Object> part, Object filling, int size) {
    List<Object> filled = new ArrayList<>(part);
    if (filling != None.NONE) {
      Budget.steps(Math.max(0, size - part.size()));
      while (filled.size() < size) {
        filled.add(filling);
      }
    }
    return filled;
  }

  /** So many lists. */
  static List<Object> slice(Object value, Arguments a) {
    int count = Values.whole(a.required(0, "slices"));
    Object filling = a.get(1, "fill_with", None.NONE);
    if (count < 1) {
      throw new JinjaException("slice: " + count + " (expected: at least 1)");
    }
    Budget.steps(count);
    List<Object> all = Values.list(value);
    int size = all.size() / count;
    int longer = all.size() % count;
    List<Object> slices = new ArrayList<>();
    int from = 0;
    for (int i = 0; i < count; i++) {
      int to = from + size + (i < longer ? 1 : 0);
      slices.add(filled(all.subList(from, to), filling, i < longer ? 0 : to - from + 1));
      from = to;
    }
    return slices;
  }

  /** Pairs of a map that may not be there. */
  static List<Object> items(Object value) {
    return value instanceof Undefined ? List.of() : Methods.items(Values.map("items", value));
  }
}
