package org.rlaif.training.math;

import java.util.function.DoubleUnaryOperator;

/**
 * Estimators of KL(policy || reference) from tokens that the policy sampled: Schulman,
 * "Approximating KL divergence" (2020). Each takes one token's difference log pi - log pi_ref.
 *
 * <p>As a penalty in the reward only k1 has the gradient of the KL: REINFORCE does not follow the
 * reward's own dependence on the policy, which is 0 in expectation for k1 and for k2 the KL's whole
 * gradient. What they teach as a loss, {@link org.rlaif.training.losses.KlLoss} says.
 */
public final class KlEstimators {
  private KlEstimators() {}

  /** Unbiased, noisy, may be negative: the one for rewards and for reports. */
  public static double k1(double difference) {
    return difference;
  }

  /** Never negative, biased, little noise. */
  public static double k2(double difference) {
    return difference * difference / 2;
  }

  /** Unbiased and never negative: e^-d - 1 + d, which is the gap of a convex function. */
  public static double k3(double difference) {
    // expm1 keeps the digits that exp(-d) - 1 loses for the small differences that are usual.
    return Math.expm1(-difference) + difference;
  }

  /** The sum over one completion: an estimate of the KL of whole sequences. */
  public static double sequence(
      float[] logprobs, float[] referenceLogprobs, DoubleUnaryOperator estimator) {
    Ragged.requireSameLength("referenceLogprobs", logprobs.length, referenceLogprobs.length);
    double sum = 0;
    for (int t = 0; t < logprobs.length; t++) {
      sum += estimator.applyAsDouble((double) logprobs[t] - referenceLogprobs[t]);
    }
    return sum;
  }

  /** {@link #sequence} of every row. */
  public static double[] sequences(
      float[][] logprobs, float[][] referenceLogprobs, DoubleUnaryOperator estimator) {
    Ragged.requireSameShape(logprobs, referenceLogprobs);
    double[] sums = new double[logprobs.length];
    for (int row = 0; row < logprobs.length; row++) {
      sums[row] = sequence(logprobs[row], referenceLogprobs[row], estimator);
    }
    return sums;
  }
}
