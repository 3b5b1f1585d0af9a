package org.rlaif.training.math;

/**
 * From one score per completion to one reward per token, Ziegler et al. 2019 (arXiv 1909.08593),
 * eq. 2: the KL penalty on every token, the score on the last.
 */
public final class Rewards {
  private Rewards() {}

  /**
   * What a completion's score counts in training: clipped to plus and minus {@code clip}; then, if
   * it has no end-of-text token, less a penalty that no clipping can hide.
   */
  public static double shape(double score, boolean ended, double missingEndPenalty, double clip) {
    double clipped = Math.max(-clip, Math.min(clip, score));
    return ended ? clipped : clipped - missingEndPenalty;
  }

  /**
   * r(t) = -klCoefficient * (log pi(t) - log pi_ref(t)), plus the score at the last token.
   *
   * @param scores one per sequence, already {@link #shape shaped}
   */
  public static float[][] perToken(
      float[][] logprobs, float[][] referenceLogprobs, double[] scores, double klCoefficient) {
    Ragged.requireSameShape(logprobs, referenceLogprobs);
    Ragged.requireSameLength("scores", logprobs.length, scores.length);
    float[][] rewards = Ragged.like(logprobs);
    for (int row = 0; row < rewards.length; row++) {
      int last = rewards[row].length - 1;
      for (int t = 0; t <= last; t++) {
        double penalty =
            klCoefficient * KlEstimators.k1((double) logprobs[row][t] - referenceLogprobs[row][t]);
        rewards[row][t] = (float) (t == last ? scores[row] - penalty : -penalty);
      }
    }
    return rewards;
  }

  /** The score at the last token, nothing before it. */
  public static float[][] atTheEnd(float[][] like, double[] scores) {
    Ragged.requireSameLength("scores", like.length, scores.length);
    float[][] rewards = Ragged.like(like);
    for (int row = 0; row < rewards.length; row++) {
      rewards[row][rewards[row].length - 1] = (float) scores[row];
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
