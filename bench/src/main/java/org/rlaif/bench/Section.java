package org.rlaif.bench;

import java.util.List;
import java.util.Map;

/**
 * A table of figures.
 *
 * @param name one word
 * @param what is compared in it, in a sentence
 */
record Section(String name, String what, List<Row> rows) {
  /** What was measured, and its figures by name; {@link Formulas} says what they are. */
  record Row(String name, Map<String, Double> figures) {}

  Section {
    rows = List.copyOf(rows);
  }
}
