package org.rlaif.training.data;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What has become of the rows of some files.
 *
 * @param layouts rows that were read, by layout
 * @param leftOut rows that were not taken, by the reason
 * @param noted what is to be known about others
 */
record RowCounts(
    SortedMap<String, Integer> layouts,
    SortedMap<String, Integer> leftOut,
    SortedMap<String, Integer> noted) {
  static final RowCounts NONE = new RowCounts(new TreeMap<>(), new TreeMap<>(), new TreeMap<>());

  RowCounts {
    layouts = Collections.unmodifiableSortedMap(new TreeMap<>(layouts));
    leftOut = Collections.unmodifiableSortedMap(new TreeMap<>(leftOut));
    noted = Collections.unmodifiableSortedMap(new TreeMap<>(noted));
  }

  /** With so many more left out. */
  RowCounts with(String reason, int count) {
    SortedMap<String, Integer> more = new TreeMap<>(leftOut);
    add(more, reason, count);
    return new RowCounts(layouts, more, noted);
  }

  /** Nothing is added where there is nothing to count. */
  static void add(Map<String, Integer> counts, String what, int count) {
    if (count > 0) {
      counts.merge(what, count, Integer::sum);
    }
  }

  /** For errors about too few of them: {@code , 3 left out (where)}; empty if none. */
  String leftOutWords() {
    int all = leftOut.values().stream().mapToInt(Integer::intValue).sum();
    return all == 0 ? "" : ", " + all + " left out (" + String.join(", ", leftOut.keySet()) + ")";
  }
}
