package org.rlaif.training.comparison;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.rlaif.kit.Statistics;
import org.rlaif.kit.pages.Charts.Line;
import org.rlaif.kit.pages.Charts.Look;
import org.rlaif.kit.pages.Charts.Panel;
import org.rlaif.kit.pages.Pictures;
import org.rlaif.kit.pages.Theme;
import org.rlaif.training.offline.RewardModelFigures;
import org.rlaif.training.report.MetricCurves;
import org.rlaif.training.run.RunFolder;

/**
 * What it is worth that a judge says how sure it is: reward models that learn labels as they are,
 * and as nothing but which is better. A row for each, over all seeds.
 */
public final class SoftLabelsTable {
  private static final List<String> HEAD =
      List.of("labels", "seeds", "accuracy (%)", "by seed", "loss", "least", "roughness");

  /**
   * One kind of label.
   *
   * @param accuracy on held-out labels at the end, mean
   * @param loss on the held-out soft labels at the end, in nats, mean
   * @param least that it was at any look, mean
   * @param roughness variance of the differences of the loss from look to look, mean
   */
  private record Row(
      String labels,
      double accuracy,
      List<Double> bySeed,
      double loss,
      double least,
      double roughness) {

    List<String> cells() {
      return List.of(
          labels,
          String.valueOf(bySeed.size()),
          percent(accuracy),
          String.join(" ", bySeed.stream().map(Row::percent).toList()),
          String.format(Locale.ROOT, "%.4f", loss),
          String.format(Locale.ROOT, "%.4f", least),
          String.format(Locale.ROOT, "%.1e", roughness));
    }

    private static String percent(double share) {
      return String.format(Locale.ROOT, "%.1f", 100 * share);
    }
  }

  private final List<Row> rows = new ArrayList<>();
  private final List<Line> lines = new ArrayList<>();

  /**
   * Adds a kind of label.
   *
   * @param runs whose reward models learned it and looked at what is held out meanwhile
   */
  public void add(String name, List<RunFolder> runs) {
    List<double[][]> curves =
        runs.stream()
            .map(run -> new MetricCurves(run.stage("reward")).curve("step", "heldOutLoss", 0))
            .toList();
    List<Double> accuracies = runs.stream().map(SoftLabelsTable::accuracy).toList();
    rows.add(
        new Row(
            name,
            mean(accuracies),
            accuracies,
            mean(curves.stream().map(each -> each[1][each[1].length - 1]).toList()),
            mean(curves.stream().map(each -> least(each[1])).toList()),
            mean(curves.stream().map(each -> roughness(each[1])).toList())));
    lines.add(
        new Line(
            name,
            curves.get(0)[0],
            curves.get(0)[1],
            Look.LINE,
            lines.isEmpty() ? Theme::policy : Theme::before));
  }

  private static double accuracy(RunFolder run) {
    RewardModelFigures figures =
        run.finished("reward").orElseThrow().figures(RewardModelFigures.class);
    return Objects.requireNonNull(figures.heldOut().accuracy());
  }

  private static double mean(List<Double> values) {
    return Statistics.mean(values.stream().mapToDouble(Double::doubleValue).toArray());
  }

  private static double least(double[] values) {
    double least = values[0];
    for (double each : values) {
      least = Math.min(least, each);
    }
    return least;
  }

  /** The variance of what lies between neighbours: 0 for a straight line. */
  static double roughness(double[] values) {
    double[] differences = new double[values.length - 1];
    for (int i = 0; i < differences.length; i++) {
      differences[i] = values[i + 1] - values[i];
    }
    return Statistics.variance(differences);
  }

  /** What came of all so far. */
  public Results results() {
    return new Results(
        "soft_labels",
        "Soft and hard labels",
        HEAD,
        rows.stream().map(Row::cells).toList(),
        List.copyOf(rows),
        () ->
            List.of(
                Pictures.curves(
                    "soft-labels",
                    "Loss on held-out labels",
                    "Cross-entropy of the reward model's probabilities with the held-out labels as"
                        + " the judge gave them, while it is trained; the first seed.",
                    320,
                    1,
                    List.of(new Panel("Held out", "step", "loss (nats)", lines)))));
  }
}
