package org.rlaif.training.comparison;

import java.awt.Color;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.rlaif.kit.Statistics;
import org.rlaif.kit.pages.Charts.Line;
import org.rlaif.kit.pages.Charts.Look;
import org.rlaif.kit.pages.Charts.Panel;
import org.rlaif.kit.pages.Pictures;
import org.rlaif.kit.pages.Theme;
import org.rlaif.training.run.RunFolder;
import org.rlaif.training.stages.RolloutMeans;

/**
 * How the gold score rises and falls while a policy is trained on a reward model that is not quite
 * right (Gao et al. 2022, arXiv 2210.10760), and on ensembles of such (Coste et al. 2023, arXiv
 * 2310.02743): a row for each reward, over all seeds.
 */
public final class OveroptimizationTable {
  private static final List<String> HEAD =
      List.of(
          "reward", "seeds", "gold: highest", "at KL", "last", "fall", "by seed", "reward, last");

  /** So many neighbouring updates are one point: 64 completions of one are too few. */
  private static final int WINDOW = 10;

  private static final List<Function<Theme, Color>> COLORS =
      List.of(Theme::policy, Theme::gold, Theme::divergence);

  /**
   * One reward.
   *
   * @param highest gold score of the curve, which is the mean over the seeds
   * @param kl there, in nats per completion
   * @param last gold score of the curve
   * @param fall from the highest to the last, of each seed by itself
   * @param score the reward that was maximised, at the end
   */
  private record Row(
      String reward, double highest, double kl, double last, List<Double> fall, double score) {

    List<String> cells() {
      return List.of(
          reward,
          String.valueOf(fall.size()),
          number(highest),
          number(kl),
          number(last),
          number(highest - last),
          String.join(" ", fall.stream().map(Row::number).toList()),
          number(score));
    }

    private static String number(double value) {
      return String.format(Locale.ROOT, "%.2f", value);
    }
  }

  private final List<Row> rows = new ArrayList<>();
  private final List<Line> gold = new ArrayList<>();
  private final List<Line> scores = new ArrayList<>();

  /**
   * Adds a reward.
   *
   * @param runs that maximised it, each with a seed of its own, all finished and equally long
   */
  public void add(String name, List<RunFolder> runs) {
    List<List<RolloutMeans>> all =
        runs.stream()
            .map(
                run ->
                    RolloutMeans.read(
                        run.stage("data"), run.stage(run.config().algorithm().word())))
            .toList();
    double[] golds = mean(all, RolloutMeans::gold);
    double[] kls = mean(all, RolloutMeans::kl);
    double[] score = mean(all, RolloutMeans::score);
    int highest = highest(golds);
    int last = golds.length - 1;
    rows.add(
        new Row(
            name,
            golds[highest],
            kls[highest],
            golds[last],
            all.stream().map(each -> fall(smooth(each, RolloutMeans::gold))).toList(),
            score[last]));
    double[] roots = new double[kls.length];
    for (int i = 0; i < kls.length; i++) {
      roots[i] = Math.sqrt(Math.max(0, kls[i]));
    }
    Function<Theme, Color> color = COLORS.get(gold.size() % COLORS.size());
    gold.add(new Line(name, roots, golds, Look.TRAIL, color));
    scores.add(new Line(name, roots, score, Look.TRAIL, color));
  }

  /** From the highest to the last. */
  static double fall(double[] golds) {
    return golds[highest(golds)] - golds[golds.length - 1];
  }

  private static int highest(double[] values) {
    int at = 0;
    for (int i = 1; i < values.length; i++) {
      at = values[i] > values[at] ? i : at;
    }
    return at;
  }

  private static double[] mean(
      List<List<RolloutMeans>> runs, ToDoubleFunction<RolloutMeans> figure) {
    List<double[]> curves = runs.stream().map(each -> smooth(each, figure)).toList();
    double[] mean = new double[curves.get(0).length];
    for (int i = 0; i < mean.length; i++) {
      int at = i;
      mean[i] = curves.stream().mapToDouble(each -> each[at]).average().orElseThrow();
    }
    return mean;
  }

  private static double[] smooth(
      List<RolloutMeans> updates, ToDoubleFunction<RolloutMeans> figure) {
    return smooth(updates.stream().mapToDouble(figure).toArray());
  }

  /** Means over windows that do not overlap; the last has what is left. */
  static double[] smooth(double[] values) {
    double[] smooth = new double[Math.max(1, values.length / WINDOW)];
    for (int i = 0; i < smooth.length; i++) {
      int end = i == smooth.length - 1 ? values.length : (i + 1) * WINDOW;
      smooth[i] = Statistics.mean(Arrays.copyOfRange(values, i * WINDOW, end));
    }
    return smooth;
  }

  /** What came of all so far. */
  public Results results() {
    return new Results(
        "overoptimization",
        "Over-optimisation",
        HEAD,
        rows.stream().map(Row::cells).toList(),
        List.copyOf(rows),
        () ->
            List.of(
                Pictures.curves(
                    "overoptimization",
                    "Gold score and reward against KL",
                    "Each point is the mean of "
                        + WINDOW
                        + " updates and all seeds: how far the policy has moved from where it"
                        + " started, by the square root of its KL, and what its completions are"
                        + " worth, by the gold score that nothing sees and by the reward that it"
                        + " is trained on.",
                    320,
                    2,
                    List.of(
                        new Panel("Gold", "square root of the KL (nats)", "gold score", gold),
                        new Panel("Reward", "square root of the KL (nats)", "score", scores)))));
  }
}
