package org.rlaif.training.losses;

import org.jspecify.annotations.Nullable;
import org.rlaif.torch.Tensor;

/** The value loss of OpenAI's PPO (Ziegler et al. 2019, and baselines before it). */
public final class ValueLoss {
  private ValueLoss() {}

  /**
   * 0.5 * mean(max((V - R)^2, (clip(V) - R)^2)), where clip keeps V within {@code clipRange} of
   * what it was: a value may not run away from a batch that it sees several times. All (N).
   *
   * @param oldValues before the first step on this batch; a constant
   * @param returns a constant
   * @param clipRange null: half the mean squared error as it is
   * @return ()
   */
  public static Tensor of(
      Tensor values, Tensor oldValues, Tensor returns, @Nullable Double clipRange) {
    Tensor error = values.minus(returns).square(); // (N)
    if (clipRange == null) {
      return error.mean().times(0.5); // ()
    }
    Tensor clipped = values.minus(oldValues).clamp(-clipRange, clipRange).plus(oldValues); // (N)
    Tensor clippedError = clipped.minus(returns).square(); // (N)
    return Tensor.max(error, clippedError).mean().times(0.5); // ()
  }
}
