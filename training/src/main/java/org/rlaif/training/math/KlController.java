package org.rlaif.training.math;

/**
 * The adaptive price of the KL, Ziegler et al. 2019 (arXiv 1909.08593), section 2.2: a proportional
 * controller in log space, which makes the KL dearer while it is above its target.
 *
 * @param target KL to the reference, nats per completion
 * @param horizon completions over which a KL at or beyond 1.2 of the target raises the price by
 *     about a fifth
 */
public record KlController(double target, double horizon) {
  /** No batch moves the price by more than this, over the horizon. */
  private static final double MAX_ERROR = 0.2;

  /**
   * beta * (1 + clip(KL / target - 1, -0.2, 0.2) * n / horizon).
   *
   * @param coefficient beta, as it was
   * @param kl of the batch, mean over its completions of the sum over their tokens
   * @param completions n, of the batch
   */
  public double next(double coefficient, double kl, int completions) {
    double error = Math.max(-MAX_ERROR, Math.min(MAX_ERROR, kl / target - 1));
    return coefficient * (1 + error * completions / horizon);
  }
}
