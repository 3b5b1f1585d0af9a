package org.rlaif.training.comparison;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.rlaif.kit.Interval;
import org.rlaif.kit.Statistics;
import org.rlaif.kit.pages.Charts.Amount;
import org.rlaif.kit.pages.Charts.Axis;
import org.rlaif.kit.pages.Picture;
import org.rlaif.kit.pages.Pictures;
import org.rlaif.kit.pages.Theme;

/** How good the walks of each policy are beside those it has learned from, over all seeds. */
public final class WalksTable {
  private static final List<String> HEAD = List.of("walks", "seeds", "optimality (%)", "by seed");

  /** By name, of each seed what every walk is worth. */
  private final Map<String, List<double[]>> all = new LinkedHashMap<>();

  /**
   * Whose walks they are.
   *
   * @param optimality mean over all walks of all seeds, from 0 to 1
   * @param low of its 95 % interval
   * @param bySeed the same, seed by seed
   */
  private record Row(
      String walks, double optimality, double low, double high, List<Double> bySeed) {

    List<String> cells() {
      return List.of(
          walks,
          String.valueOf(bySeed.size()),
          "%s (%s to %s)".formatted(percent(optimality), percent(low), percent(high)),
          String.join(" ", bySeed.stream().map(Row::percent).toList()));
    }

    private static String percent(double share) {
      return String.format(Locale.ROOT, "%.1f", 100 * share);
    }
  }

  /** Adds what came of a seed, as {@link WalksExperiment#run} gives it. */
  public void add(Map<String, double[]> optimality) {
    optimality.forEach(
        (name, values) -> all.computeIfAbsent(name, first -> new ArrayList<>()).add(values));
  }

  private List<Row> rows() {
    return all.entrySet().stream().map(each -> row(each.getKey(), each.getValue())).toList();
  }

  private static Row row(String name, List<double[]> bySeed) {
    double[] together = bySeed.stream().flatMapToDouble(Arrays::stream).toArray();
    Interval interval = Objects.requireNonNull(Interval.ofMean(together));
    return new Row(
        name,
        Statistics.mean(together),
        interval.low(),
        interval.high(),
        bySeed.stream().map(Statistics::mean).toList());
  }

  /** What came of all seeds so far. */
  public Results results() {
    List<Row> rows = rows();
    return new Results(
        "walks",
        "Random walks",
        HEAD,
        rows.stream().map(Row::cells).toList(),
        rows,
        () -> List.of(picture(rows)));
  }

  private static Picture picture(List<Row> rows) {
    List<Amount> amounts =
        rows.stream()
            .map(
                row ->
                    Amount.share(
                        row.walks(),
                        row.optimality(),
                        row.low(),
                        row.high(),
                        row.equals(rows.get(0)) ? Theme::before : Theme::policy))
            .toList();
    return Pictures.rows(
        "walks",
        "How short the ways to the goal are",
        "Mean optimality of walks, with 95 % intervals: 100 % is always the shortest way, 0 never at"
            + " the goal. Grey and dashed: the random walks that all have learned from.",
        new Axis("optimality (%)", 0, 100, 100 * rows.get(0).optimality()),
        amounts);
  }
}
