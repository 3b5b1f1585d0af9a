package org.rlaif.training.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.awt.Color;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.rlaif.kit.JsonLines;
import org.rlaif.kit.pages.Charts.Line;
import org.rlaif.kit.pages.Charts.Look;
import org.rlaif.kit.pages.Theme;

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

  /** The rows that have both keys, and an x of at least {@code from}: all x, then all y. */
  public double[][] curve(String x, String y, double from) {
    List<JsonNode> both =
        rows.stream()
            .filter(row -> row.path(x).isNumber() && row.path(y).isNumber())
            .filter(row -> row.get(x).doubleValue() >= from)
            .toList();
    return new double[][] {
      both.stream().mapToDouble(row -> row.get(x).doubleValue()).toArray(),
      both.stream().mapToDouble(row -> row.get(y).doubleValue()).toArray()
    };
  }

  /** What each batch had, faintly, and its running mean. */
  public static List<Line> ofBatches(double[][] curve, Function<Theme, Color> mean) {
    return List.of(
        new Line("batches", curve[0], curve[1], Look.FAINT, Theme::before),
        new Line("running mean", curve[0], smooth(curve[1]), Look.LINE, mean));
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
