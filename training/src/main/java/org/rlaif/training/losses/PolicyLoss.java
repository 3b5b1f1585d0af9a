package org.rlaif.training.losses;

import org.jspecify.annotations.Nullable;
import org.rlaif.torch.Tensor;
import org.rlaif.training.math.KlEstimators;

/**
 * The clipped surrogate of PPO, Schulman et al. 2017 (arXiv 1707.06347), eq. 7, and how far the
 * policy has moved from the one that wrote the tokens.
 *
 * @param perToken (N), to be averaged
 * @param ratioMean mean of pi / pi_old over the tokens; 1 before the first step
 * @param clipFraction share of the tokens whose ratio is outside the clip range
 * @param approximateKl KL(pi_old || pi), estimator k3
 */
public record PolicyLoss(
    Tensor perToken,
    double ratioMean,
    double ratioMin,
    double ratioMax,
    double clipFraction,
    double approximateKl) {

  /**
   * -min(ratio * A, clip(ratio) * A). All (N).
   *
   * @param oldLogprobs as sampled; a constant
   * @param advantages a constant
   */
  public static PolicyLoss clipped(
      Tensor logprobs, Tensor oldLogprobs, Tensor advantages, double clipRange) {
    return clipped(logprobs, oldLogprobs, advantages, clipRange, clipRange);
  }

  /**
   * The same between two ends.
   *
   * @param low how far below 1 the ratio may fall
   * @param high how far above 1 it may rise
   */
  public static PolicyLoss clipped(
      Tensor logprobs, Tensor oldLogprobs, Tensor advantages, double low, double high) {
    return clipped(logprobs, oldLogprobs, advantages, low, high, /* dualClip= */ null);
  }

  /**
   * The same with a second bound: where the advantage is negative, a ratio counts at most {@code
   * dualClip}, so that a token that has become far likelier does not throw the policy out of its
   * way. Ye et al. 2020 (arXiv 1912.09729), eq. 5.
   *
   * @param dualClip c, above 1 + high; null: without
   */
  public static PolicyLoss clipped(
      Tensor logprobs,
      Tensor oldLogprobs,
      Tensor advantages,
      double low,
      double high,
      @Nullable Double dualClip) {
    Tensor logRatio = logRatio(logprobs, oldLogprobs); // (N)
    Tensor ratio = logRatio.exp(); // (N)
    Tensor clipped = ratio.clamp(1 - low, 1 + high); // (N)
    Tensor surrogate = Tensor.min(ratio.times(advantages), clipped.times(advantages)); // (N)
    if (dualClip != null) {
      Tensor bad = advantages.clamp(-Float.MAX_VALUE, 0); // (N)
      surrogate = Tensor.max(surrogate, bad.times(dualClip)); // (N); good tokens are above 0
    }
    return withStatistics(surrogate.neg(), logRatio.detach().toFloats(), low, high); // (N)
  }

  /**
   * -min(ratio, 1 + high) * A * log pi, the weight a constant: MiniMax 2025 (arXiv 2506.13585), eq.
   * 4. All (N).
   *
   * @param high how far above 1 a weight may rise
   */
  public static PolicyLoss weighted(
      Tensor logprobs, Tensor oldLogprobs, Tensor advantages, double high) {
    Tensor logRatio = logRatio(logprobs, oldLogprobs).detach(); // (N)
    Tensor weight = logRatio.exp().clamp(0, 1 + high); // (N)
    Tensor loss = weight.times(advantages).times(logprobs).neg(); // (N)
    return withStatistics(loss, logRatio.toFloats(), /* low= */ 1, high); // (N)
  }

  private static Tensor logRatio(Tensor logprobs, Tensor oldLogprobs) {
    return logprobs.minus(oldLogprobs).clamp(-KlLoss.MAX_LOG_RATIO, KlLoss.MAX_LOG_RATIO);
  }

  /**
   * A loss that is not made of ratios, with the same figures about them.
   *
   * @param perToken (N)
   */
  public static PolicyLoss without(Tensor perToken, Tensor logprobs, Tensor oldLogprobs) {
    float[] logRatios = logRatio(logprobs, oldLogprobs).detach().toFloats();
    double nowhere = Double.POSITIVE_INFINITY;
    return withStatistics(perToken, logRatios, nowhere, nowhere);
  }

  /** The same plus another loss of each token. (N) */
  public PolicyLoss plus(Tensor other) {
    return with(perToken.plus(other));
  }

  /** The same with each token's loss times a constant. (N) */
  public PolicyLoss times(Tensor weights) {
    return with(perToken.times(weights));
  }

  private PolicyLoss with(Tensor loss) {
    return new PolicyLoss(loss, ratioMean, ratioMin, ratioMax, clipFraction, approximateKl);
  }

  private static PolicyLoss withStatistics(
      Tensor loss, float[] logRatios, double low, double high) {
    double sum = 0;
    double min = Double.POSITIVE_INFINITY;
    double max = Double.NEGATIVE_INFINITY;
    double outside = 0;
    double kl = 0;
    for (float logRatio : logRatios) {
      double ratio = Math.exp(logRatio);
      sum += ratio;
      min = Math.min(min, ratio);
      max = Math.max(max, ratio);
      outside += ratio < 1 - low || ratio > 1 + high ? 1 : 0;
      kl += KlEstimators.k3(-logRatio); // the tokens come from pi_old
    }
    int n = logRatios.length;
    return new PolicyLoss(loss, sum / n, min, max, outside / n, kl / n);
  }
}
