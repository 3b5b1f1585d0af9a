package org.rlaif.training.math;

import java.util.Arrays;
import java.util.function.UnaryOperator;
import org.rlaif.kit.Statistics;

/**
 * Completions of one prompt measured by each other. Scores stand group by group; in the end every
 * token of a completion has what its completion has.
 */
public final class GroupAdvantages {
  /** So that nearly equal scores do not become large ones; that of the field's implementations. */
  private static final double EPSILON = 1e-4;

  private GroupAdvantages() {}

  /**
   * Each score less the mean of the others of its group: unbiased, as the baseline knows nothing of
   * the completion.
   *
   * @param size of a group, at least 2
   */
  public static double[] leaveOneOut(double[] scores, int size) {
    return byGroup(
        scores,
        size,
        group -> {
          double sum = Arrays.stream(group).sum();
          return Arrays.stream(group).map(r -> r - (sum - r) / (size - 1)).toArray();
        });
  }

  /** Each score less the mean of its group. */
  public static double[] centred(double[] scores, int size) {
    return byGroup(
        scores,
        size,
        group -> {
          double mean = Statistics.mean(group);
          return Arrays.stream(group).map(r -> r - mean).toArray();
        });
  }

  /**
   * The same over the group's standard deviation (unbiased, n - 1) and a little; 0 if all scores
   * are the same.
   */
  public static double[] standardised(double[] scores, int size) {
    return byGroup(
        centred(scores, size),
        size,
        group -> {
          double squares = Arrays.stream(group).map(d -> d * d).sum();
          double deviation = Math.sqrt(squares / (size - 1));
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

  private static double[] byGroup(double[] scores, int size, UnaryOperator<double[]> measure) {
    if (size < 2 || scores.length % size != 0) {
      throw new IllegalArgumentException(
          "groups: %d scores (expected: a multiple of %d, at least 2)"
              .formatted(scores.length, size));
    }
    double[] measured = new double[scores.length];
    for (int from = 0; from < scores.length; from += size) {
      double[] group = measure.apply(Arrays.copyOfRange(scores, from, from + size));
      System.arraycopy(group, 0, measured, from, size);
    }
    return measured;
  }
}
