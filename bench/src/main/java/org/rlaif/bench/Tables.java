package org.rlaif.bench;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.rlaif.bench.Section.Row;

/** LatencyFigures for people: a table per section; p50, p90 and p99 share a column. */
final class Tables {
  private static final String[] PERCENTILES = {"P50", "P90", "P99"};

  private Tables() {}

  static void print(PrintWriter out, List<Section> sections, List<Target> targets) {
    for (Section section : sections) {
      out.printf("%n%s: %s%n", section.name(), section.what());
      print(out, "", section.rows().stream().map(Tables::cells).toList());
    }
    if (!targets.isEmpty()) {
      out.printf("%ntargets%n");
      print(out, "", targets.stream().map(Tables::cells).toList());
    }
    out.flush();
  }

  private static Map<String, String> cells(Row row) {
    var cells = new LinkedHashMap<String, String>();
    cells.put("", row.name());
    Map<String, Double> figures = row.figures();
    figures.forEach(
        (name, value) -> {
          String stem = name.substring(0, Math.max(0, name.length() - 3));
          boolean triple = figures.containsKey(stem + "P50") && figures.containsKey(stem + "P99");
          if (!triple || !List.of(PERCENTILES).contains(name.substring(stem.length()))) {
            cells.put(name, number(value));
          } else if (name.endsWith("P50")) {
            List<String> three = new ArrayList<>();
            for (String percentile : PERCENTILES) {
              three.add(number(figures.getOrDefault(stem + percentile, Double.NaN)));
            }
            cells.put(stem + " p50/90/99", String.join("/", three));
          }
        });
    return cells;
  }

  private static Map<String, String> cells(Target target) {
    var cells = new LinkedHashMap<String, String>();
    cells.put("", target.name());
    cells.put("found", number(target.value()));
    cells.put("wanted", (target.least() ? "at least " : "at most ") + number(target.limit()));
    cells.put(" ", target.holds() ? "holds" : "falls short");
    return cells;
  }

  /**
   * Rows as lines, columns by name in the order of their first appearance; numbers to the right.
   */
  static void print(PrintWriter out, String indent, List<Map<String, String>> rows) {
    var widths = new LinkedHashMap<String, Integer>();
    for (Map<String, String> row : rows) {
      row.forEach(
          (name, cell) -> widths.merge(name, Math.max(name.length(), cell.length()), Math::max));
    }
    var header = new LinkedHashMap<String, String>();
    widths.keySet().forEach(name -> header.put(name, name));
    line(out, indent, widths, header);
    rows.forEach(row -> line(out, indent, widths, row));
  }

  private static void line(
      PrintWriter out, String indent, Map<String, Integer> widths, Map<String, String> cells) {
    var line = new StringBuilder(indent);
    widths.forEach(
        (name, width) -> {
          String form = name.isEmpty() ? "  %-" + width + "s" : "  %" + width + "s";
          line.append(String.format(Locale.ROOT, form, cells.getOrDefault(name, "")));
        });
    out.println(line.toString().stripTrailing());
  }

  /** Three digits, or all before the point. */
  static String number(double value) {
    if (Double.isNaN(value)) {
      return "-";
    }
    double size = Math.abs(value);
    int decimals = size == Math.rint(size) || size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3;
    return String.format(Locale.ROOT, "%." + decimals + "f", value);
  }
}
