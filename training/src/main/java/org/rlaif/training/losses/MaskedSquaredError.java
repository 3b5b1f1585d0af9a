package org.rlaif.training.losses;

import org.rlaif.torch.Tensor;

/**
 * Regression on several attributes of which a row may lack some, as SteerLM's reward models learn
 * (Wang et al. 2024, HelpSteer2, arXiv 2406.08673): the squared error of what is there, in the mean
 * over all of it. What is missing is not 0: it has no error and does not count.
 */
public final class MaskedSquaredError {
  private MaskedSquaredError() {}

  /**
   * sum(m (p - t)^2) / sum(m). All (N).
   *
   * @param predictions p
   * @param targets t, any finite number where there is none; constants
   * @param mask m, 1 where there is a target and 0 where there is none, at least one 1; constants
   * @return ()
   */
  public static Tensor of(Tensor predictions, Tensor targets, Tensor mask) {
    Tensor errors = predictions.minus(targets).square().times(mask); // (N)
    return errors.sum().div(mask.sum()); // ()
  }
}
