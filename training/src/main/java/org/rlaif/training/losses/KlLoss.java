package org.rlaif.training.losses;

import org.rlaif.torch.Tensor;
import org.rlaif.training.math.KlEstimator;

/**
 * The price of being away from the reference as a loss, by the estimators of Schulman 2020,
 * "Approximating KL divergence", with d = log pi - log pi_ref of tokens that the policy wrote. What
 * a loss teaches is its gradient, and that is not the estimator's value: Tang and Munos 2025 (arXiv
 * 2506.09477).
 *
 * <ul>
 *   <li>k1 = d has the gradient of log pi, which is 0 in expectation: it teaches nothing.
 *   <li>k2 = d^2 / 2 has d times the gradient of log pi, in expectation that of the reverse KL,
 *       KL(pi || pi_ref), which is what a penalty in the reward has, too.
 *   <li>k3 = e^-d - 1 + d has (1 - e^-d) times it, in expectation that of the forward KL, KL(pi_ref
 *       || pi).
 * </ul>
 */
public final class KlLoss {
  /** Ratios beyond e^20 say nothing more and would overflow. */
  static final double MAX_LOG_RATIO = 20;

  private KlLoss() {}

  /**
   * Of each token. All (N).
   *
   * @param referenceLogprobs a constant
   */
  public static Tensor of(KlEstimator estimator, Tensor logprobs, Tensor referenceLogprobs) {
    // -d, clamped: there the gradient is 0.
    Tensor back = referenceLogprobs.minus(logprobs).clamp(-MAX_LOG_RATIO, MAX_LOG_RATIO); // (N)
    return switch (estimator) {
      case K1 -> back.neg();
      case K2 -> back.square().times(0.5);
      case K3 -> back.exp().minus(back).minus(1);
    };
  }

  /** The value of an estimator with the gradient of k2. All (N). */
  public static Tensor straightThrough(
      KlEstimator estimator, Tensor logprobs, Tensor referenceLogprobs) {
    Tensor k2 = of(KlEstimator.K2, logprobs, referenceLogprobs); // (N)
    Tensor value = of(estimator, logprobs, referenceLogprobs).detach(); // (N)
    return k2.minus(k2.detach()).plus(value);
  }
}
