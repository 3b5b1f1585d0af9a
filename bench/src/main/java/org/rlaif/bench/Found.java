package org.rlaif.bench;

import java.util.ArrayList;
import java.util.List;
import org.rlaif.bench.Section.Row;

/** What was found, in the order it was measured in. */
record Found(List<Section> sections, List<Target> targets) {
  Found() {
    this(new ArrayList<>(), new ArrayList<>());
  }

  /** Adds a table. */
  void section(String name, String what, List<Row> rows) {
    sections.add(new Section(name, what, rows));
  }

  /** Adds a figure that was promised to be at least that. */
  void atLeast(String name, double value, double limit) {
    targets.add(new Target(name, value, true, limit, value >= limit));
  }

  /** Adds a figure that was promised to be at most that. */
  void atMost(String name, double value, double limit) {
    targets.add(new Target(name, value, false, limit, value <= limit));
  }
}
