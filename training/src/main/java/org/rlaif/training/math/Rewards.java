package org.rlaif.training.math;

/**
 * From one score per completion to one reward per token, Ziegler et al. 2019 (arXiv 1909.08593),
 * eq. 2: the KL penalty on every token, the score on the last or after it.
 */
public final class Rewards {
  private Rewards() {}

  /**
   * What a completion's score counts in training: clipped to plus and minus {@code clip}; then, if
   * it has no end-of-text token, with a penalty that no clipping can hide.
   */
  public static double shape(
      double score, boolean ended, MissingEnd missingEnd, double penalty, double clip) {
    double clipped = Math.max(-clip, Math.min(clip, score));
    return ended ? clipped : missingEnd.of(clipped, penalty);
  }

  /** What each token's distance to the reference costs: coefficient * k(log pi - log pi_ref). */
  public static double[][] penalties(
      float[][] logprobs, float[][] referenceLogprobs, KlEstimator estimator, double coefficient) {
    Ragged.requireSameShape(logprobs, referenceLogprobs);
    double[][] penalties = none(logprobs);
    for (int row = 0; row < penalties.length; row++) {
      for (int t = 0; t < penalties[row].length; t++) {
        penalties[row][t] =
            coefficient * estimator.of((double) logprobs[row][t] - referenceLogprobs[row][t]);
      }
    }
    return penalties;
  }

  /** No penalty for any token, in the shape of {@code like}. */
  public static double[][] none(float[][] like) {
    double[][] zeros = new double[like.length][];
    for (int row = 0; row < zeros.length; row++) {
      zeros[row] = new double[like[row].length];
    }
    return zeros;
  }

  /**
   * r(t) = -penalty(t), plus the score: at the last token, or at a position of its own behind it.
   *
   * @param scores one per sequence, already {@link #shape shaped}
   * @param behind which rows are one longer, with the score alone in the last place
   */
  public static float[][] perToken(double[][] penalties, double[] scores, boolean[] behind) {
    Ragged.requireSameLength("scores", penalties.length, scores.length);
    float[][] rewards = new float[scores.length][];
    for (int row = 0; row < rewards.length; row++) {
      int tokens = penalties[row].length;
      int last = behind[row] ? tokens : tokens - 1;
      rewards[row] = new float[last + 1];
      for (int t = 0; t <= last; t++) {
        double penalty = t < tokens ? penalties[row][t] : 0;
        rewards[row][t] = (float) (t == last ? scores[row] - penalty : 0 - penalty);
      }
    }
    return rewards;
  }

  /** Of each row. */
  public static double[] sums(float[][] rewards) {
    double[] sums = new double[rewards.length];
    for (int row = 0; row < sums.length; row++) {
      for (float reward : rewards[row]) {
        sums[row] += reward;
      }
    }
    return sums;
  }
}
