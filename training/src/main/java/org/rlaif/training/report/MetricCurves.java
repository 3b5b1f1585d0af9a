package org.rlaif.training.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.rlaif.kit.JsonLines;

/** The {@code metrics.jsonl} of a stage, as curves. */
public final class MetricCurves {
  private final List<JsonNode> rows;

  /**
   * @param stage its folder; without the file there are no curves
   */
  public MetricCurves(Path stage) {
    Path file = stage.resolve("metrics.jsonl");
    this.rows = Files.exists(file) ? JsonLines.read(file, JsonNode.class) : List.of();
  }

  /** The rows that have both keys: all x, then all y. */
  public double[][] curve(String x, String y) {
    List<JsonNode> both =
        rows.stream().filter(row -> row.path(x).isNumber() && row.path(y).isNumber()).toList();
    return new double[][] {
      both.stream().mapToDouble(row -> row.get(x).doubleValue()).toArray(),
      both.stream().mapToDouble(row -> row.get(y).doubleValue()).toArray()
    };
  }

  /** The part of a curve whose x is at least {@code from}. */
  public static double[][] from(double[][] curve, double from) {
    int[] kept = IntStream.range(0, curve[0].length).filter(i -> curve[0][i] >= from).toArray();
    return new double[][] {
      IntStream.of(kept).mapToDouble(i -> curve[0][i]).toArray(),
      IntStream.of(kept).mapToDouble(i -> curve[1][i]).toArray()
    };
  }

  /** Means over the points around each, a tenth of the curve in all. */
  public static double[] smooth(double[] values) {
    int reach = Math.max(1, values.length / 20);
    return IntStream.range(0, values.length)
        .mapToDouble(
            i ->
                IntStream.rangeClosed(
                        Math.max(0, i - reach), Math.min(values.length - 1, i + reach))
                    .mapToDouble(j -> values[j])
                    .average()
                    .orElseThrow())
        .toArray();
  }
}
