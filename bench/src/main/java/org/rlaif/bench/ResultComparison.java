package org.rlaif.bench;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.rlaif.bench.Section.Row;

/**
 * Two results side by side: every figure that both have, and the ratio of the second to the first.
 */
final class ResultComparison {
  private ResultComparison() {}

  static void print(PrintWriter out, BenchResult first, BenchResult second) {
    differences(out, "machine", first.machine(), second.machine());
    differences(out, "settings", first.settings(), second.settings());
    if (!first.model().equals(second.model())) {
      out.printf("model: %s, then %s%n", first.model(), second.model());
    }
    for (Section section : first.sections()) {
      for (Row row : section.rows()) {
        find(second, section.name(), row.name())
            .ifPresent(other -> print(out, section.name() + ", " + row.name(), row, other));
      }
    }
    out.flush();
  }

  private static Optional<Row> find(BenchResult result, String section, String row) {
    return result.sections().stream()
        .filter(each -> each.name().equals(section))
        .flatMap(each -> each.rows().stream())
        .filter(each -> each.name().equals(row))
        .findFirst();
  }

  private static void print(PrintWriter out, String title, Row first, Row second) {
    List<Map<String, String>> lines = new ArrayList<>();
    first
        .figures()
        .forEach(
            (name, before) -> {
              Double after = second.figures().get(name);
              if (after != null) {
                var cells = new LinkedHashMap<String, String>();
                cells.put("", name);
                cells.put("first", Tables.number(before));
                cells.put("second", Tables.number(after));
                cells.put("ratio", before == 0 ? "-" : Tables.number(after / before));
                lines.add(cells);
              }
            });
    if (!lines.isEmpty()) {
      out.printf("%n%s%n", title);
      Tables.print(out, "", lines);
    }
  }

  private static void differences(
      PrintWriter out, String what, Map<String, ?> first, Map<String, ?> second) {
    var names = new TreeSet<>(first.keySet());
    names.addAll(second.keySet());
    for (String name : names) {
      String before = String.valueOf(first.get(name));
      String after = String.valueOf(second.get(name));
      if (!before.equals(after)) {
        out.printf("%s, %s: %s, then %s%n", what, name, before, after);
      }
    }
  }
}
