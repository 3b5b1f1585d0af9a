package org.rlaif.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.rlaif.bench.Section.Row;

/**
 * LatencyFigures that were measured several times, by row and name: the median of each counts; of
 * rates in tokens per second the least and the most are kept, too.
 */
final class Repeats {
  private final Map<String, Map<String, List<Double>>> found = new LinkedHashMap<>();

  void put(String row, String figure, double value) {
    found
        .computeIfAbsent(row, key -> new TreeMap<>())
        .computeIfAbsent(figure, key -> new ArrayList<>())
        .add(value);
  }

  /** Forgets what a warm-up has found. */
  void clear() {
    found.clear();
  }

  /** NaN if it was not measured. */
  double median(String row, String figure) {
    List<Double> values = found.getOrDefault(row, Map.of()).get(figure);
    return values == null ? Double.NaN : median(values);
  }

  /** In the order in which they came. */
  List<Row> rows() {
    List<Row> rows = new ArrayList<>();
    found.forEach(
        (row, figures) -> {
          var medians = new TreeMap<String, Double>();
          figures.forEach((name, values) -> medians.put(name, median(values)));
          List<Double> rates = figures.get(LatencyFigures.RATE);
          if (rates != null) {
            LatencyFigures.putRates(medians, array(rates));
          }
          rows.add(new Row(row, medians));
        });
    return rows;
  }

  private static double median(List<Double> values) {
    return LatencyFigures.median(array(values));
  }

  private static double[] array(List<Double> values) {
    return values.stream().mapToDouble(Double::doubleValue).toArray();
  }
}
