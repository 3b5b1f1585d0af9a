package org.rlaif.training.math;

import java.util.Arrays;
import java.util.DoubleSummaryStatistics;
import java.util.function.UnaryOperator;
import org.rlaif.kit.Statistics;

/**
 * Completions of one prompt measured by each other. Scores stand group by group; in the end every
 * token of a completion has what its completion has.
 */
public final class GroupAdvantages {
  /** So that nearly equal scores do not become large ones; that of the field's implementations. */
  private static final double EPSILON = 1e-4;

  /** Scores that are nearer to each other than this are the same. */
  private static final double SAME = 1e-6;

  private GroupAdvantages() {}

  /**
   * Each score less the mean of the others of its group: unbiased, as the baseline knows nothing of
   * the completion.
   *
   * @param sizes of the groups, at least 2 each
   */
  public static double[] leaveOneOut(double[] scores, int[] sizes) {
    return byGroup(
        scores,
        sizes,
        group -> {
          double sum = Arrays.stream(group).sum();
          return Arrays.stream(group).map(r -> r - (sum - r) / (group.length - 1)).toArray();
        });
  }

  /** Each score less the mean of its group. */
  public static double[] centred(double[] scores, int[] sizes) {
    return byGroup(
        scores,
        sizes,
        group -> {
          double mean = Statistics.mean(group);
          return Arrays.stream(group).map(r -> r - mean).toArray();
        });
  }

  /**
   * The same over the group's standard deviation (unbiased, n - 1) and a little; 0 if all scores
   * are the same.
   */
  public static double[] standardised(double[] scores, int[] sizes) {
    return byGroup(
        centred(scores, sizes),
        sizes,
        group -> {
          double squares = Arrays.stream(group).map(d -> d * d).sum();
          double deviation = Math.sqrt(squares / (group.length - 1));
          return Arrays.stream(group).map(d -> d / (deviation + EPSILON)).toArray();
        });
  }

  /** Of each completion its own for every token; rows as in {@code like}. */
  public static float[][] perToken(float[][] like, double[] advantages) {
    Ragged.requireSameLength("advantages", like.length, advantages.length);
    float[][] rows = Ragged.like(like);
    for (int row = 0; row < rows.length; row++) {
      Arrays.fill(rows[row], (float) advantages[row]);
    }
    return rows;
  }

  /** 1 for the best of each group, the first of those that are equally good, and 0 for the rest. */
  public static double[] best(double[] scores, int[] sizes) {
    return byGroup(
        scores,
        sizes,
        group -> {
          int best = 0;
          for (int i = 1; i < group.length; i++) {
            best = group[i] > group[best] ? i : best;
          }
          double[] chosen = new double[group.length];
          chosen[best] = 1;
          return chosen;
        });
  }

  /** Of each group whether its scores are all the same: it says nothing about what is better. */
  public static boolean[] withoutVariance(double[] scores, int[] sizes) {
    boolean[] same = new boolean[sizes.length];
    int from = 0;
    for (int i = 0; i < sizes.length; i++) {
      DoubleSummaryStatistics group =
          Arrays.stream(scores, from, from + sizes[i]).summaryStatistics();
      same[i] = group.getMax() - group.getMin() < SAME;
      from += sizes[i];
    }
    return same;
  }

  private static double[] byGroup(double[] scores, int[] sizes, UnaryOperator<double[]> measure) {
    if (Arrays.stream(sizes).anyMatch(size -> size < 2)
        || Arrays.stream(sizes).sum() != scores.length) {
      throw new IllegalArgumentException(
          "groups: %s of %d scores (expected: all of them, in groups of at least 2)"
              .formatted(Arrays.toString(sizes), scores.length));
    }
    double[] measured = new double[scores.length];
    int from = 0;
    for (int size : sizes) {
      double[] group = measure.apply(Arrays.copyOfRange(scores, from, from + size));
      System.arraycopy(group, 0, measured, from, size);
      from += size;
    }
    return measured;
  }
}
