package org.rlaif.kit;

import static org.rlaif.kit.UserError.require;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Where a figure may lie by chance, at 95 %, whatever its distribution: it is computed again from
 * observations drawn with replacement, and the middle 95 % of what comes out is the interval
 * (percentile bootstrap; Efron 1979, Efron and Tibshirani 1993, section 13.3).
 *
 * @param resamples how often it is drawn
 * @param seed of the draws; the same seed, the same interval
 */
public record Bootstrap(int resamples, long seed) {
  private static final double TAIL = 0.025;

  public Bootstrap {
    require(resamples >= 1, "resamples", resamples, ">= 1");
  }

  /**
   * Of one figure.
   *
   * @param n number of observations
   * @param figure of observations, by their numbers from 0 to n - 1, some of them more than once;
   *     NaN if it is not defined: that draw is left out
   */
  public @Nullable Interval interval(int n, ToDoubleFunction<int[]> figure) {
    return intervals(n, drawn -> new double[] {figure.applyAsDouble(drawn)}).get(0);
  }

  /** Of several figures of the same draws, one by one; null where none is defined. */
  public List<@Nullable Interval> intervals(int n, Function<int[], double[]> figures) {
    var random = new SplittableRandom(seed);
    double[][] all = new double[resamples][];
    for (int i = 0; i < resamples; i++) {
      all[i] = figures.apply(random.ints(n, 0, n).toArray());
    }
    return IntStream.range(0, all[0].length)
        .<@Nullable Interval>mapToObj(
            j -> middle(Arrays.stream(all).mapToDouble(each -> each[j]).toArray()))
        .toList();
  }

  private static @Nullable Interval middle(double[] values) {
    double[] sorted =
        DoubleStream.of(values).filter(value -> !Double.isNaN(value)).sorted().toArray();
    return sorted.length == 0
        ? null
        : new Interval(quantile(sorted, TAIL), quantile(sorted, 1 - TAIL));
  }

  /** Between the neighbours, in proportion. */
  static double quantile(double[] sorted, double share) {
    double at = share * (sorted.length - 1);
    int below = (int) at;
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
  }
}
