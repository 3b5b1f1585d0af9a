package org.rlaif.judge.together;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.rlaif.judge.Agreement;
import org.rlaif.kit.Statistics;

/**
 * Whether what a judge thinks of completions overall is what it thinks of their aspects.
 * UltraFeedback's first edition had 2,628 completions with a 10 where 1 was meant, which only a
 * comparison of both found.
 *
 * @param completions that have both
 * @param pairs of the same prompt with different overall ratings
 * @param agreement share of these whose aspects have the same order; even ones count half. Null
 *     without pairs
 * @param rankCorrelation Spearman's, over all completions; null where one side does not vary
 * @param swapped completions of which one end of the scale was said overall and the other quarter
 *     by the aspects: 10 where at most a quarter of what the aspects give, or 1 where at least
 *     three
 */
public record OverallCheck(
    int completions,
    int pairs,
    @Nullable Double agreement,
    @Nullable Double rankCorrelation,
    List<String> swapped) {
  private static final double QUARTER = 0.25;

  public OverallCheck {
    swapped = List.copyOf(swapped);
  }

  /**
   * One completion with both.
   *
   * @param overall from 1 to 10
   * @param aspects their weighted mean
   * @param low what that is where all that is good has the least and all that is bad the most
   * @param high the same the other way round
   */
  record Both(String prompt, String id, double overall, double aspects, double low, double high) {
    private double share() {
      return high == low ? 0.5 : (aspects - low) / (high - low);
    }

    private boolean isSwapped() {
      return (overall >= 9.5 && share() <= QUARTER) || (overall <= 1.5 && share() >= 1 - QUARTER);
    }
  }

  static OverallCheck of(List<Both> all) {
    List<Double> overall = new ArrayList<>();
    List<Double> aspects = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) {
      for (int j = i + 1; j < all.size() && all.get(j).prompt.equals(all.get(i).prompt); j++) {
        double difference = all.get(i).overall - all.get(j).overall;
        if (difference != 0) {
          overall.add(side(difference));
          aspects.add(side(all.get(i).aspects - all.get(j).aspects));
        }
      }
    }
    double agreement = Agreement.accuracy(array(aspects), array(overall));
    double correlation =
        all.isEmpty()
            ? Double.NaN
            : Statistics.correlation(
                ranks(all.stream().mapToDouble(Both::overall).toArray()),
                ranks(all.stream().mapToDouble(Both::aspects).toArray()));
    return new OverallCheck(
        all.size(),
        overall.size(),
        Double.isNaN(agreement) ? null : agreement,
        Double.isNaN(correlation) ? null : correlation,
        all.stream().filter(Both::isSwapped).map(Both::id).toList());
  }

  private static double side(double difference) {
    return (1 + Math.signum(difference)) / 2;
  }

  private static double[] array(List<Double> values) {
    return values.stream().mapToDouble(Double::doubleValue).toArray();
  }

  /** From 1 for the least; of equal ones the mean. */
  static double[] ranks(double[] values) {
    double[] ranks = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      double value = values[i];
      long less = Arrays.stream(values).filter(each -> each < value).count();
      long same = Arrays.stream(values).filter(each -> each == value).count();
      ranks[i] = less + (same + 1) / 2.0;
    }
    return ranks;
  }

  List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add(
        String.format(
            Locale.ROOT,
            "overall against aspects: same order in %s of %d pairs, rank correlation %s over %d"
                + " completions",
            agreement == null ? "–" : String.format(Locale.ROOT, "%.1f %%", 100 * agreement),
            pairs,
            rankCorrelation == null ? "–" : String.format(Locale.ROOT, "%+.3f", rankCorrelation),
            completions));
    if (!swapped.isEmpty()) {
      lines.add(
          swapped.size()
              + " have one end of the scale overall and the other by their aspects, as where 10 was"
              + " said and 1 was meant: "
              + String.join(", ", swapped.subList(0, Math.min(5, swapped.size())))
              + (swapped.size() > 5 ? ", …" : ""));
    }
    return lines;
  }
}
