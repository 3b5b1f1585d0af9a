package org.rlaif.training.losses;

import org.rlaif.torch.Tensor;

/**
 * Kahneman-Tversky optimisation, Ethayarajh et al. 2024 (arXiv 2402.01306): a completion is a gain
 * or a loss, against what the policy would write anyway, and the value of both flattens out.
 */
public final class KahnemanTversky {
  private KahnemanTversky() {}

  /**
   * The mean of lambda - v over some completions. With r = log pi - log pi_ref, v is lambda_D
   * sigmoid(beta (r - z)) of one that is wanted, and lambda_U sigmoid(beta (z - r)) of one that is
   * not. A soft label weighs both.
   *
   * @param logprobs (B), sums over the tokens of each completion
   * @param referenceLogprobs (B), a constant
   * @param probabilitiesDesirable (B), the labels, from 0 to 1; constants
   * @param referencePoint z, an estimate of KL(pi || pi_ref), at least 0; a constant
   * @param beta how fast v flattens out
   * @param desirableWeight lambda_D
   * @param undesirableWeight lambda_U
   * @return ()
   */
  public static Tensor of(
      Tensor logprobs,
      Tensor referenceLogprobs,
      Tensor probabilitiesDesirable,
      double referencePoint,
      double beta,
      double desirableWeight,
      double undesirableWeight) {
    Tensor gain = logprobs.minus(referenceLogprobs).minus(referencePoint).times(beta); // (B)
    Tensor wanted = gain.neg().sigmoid().times(desirableWeight); // (B): 1 - sigmoid(x)
    Tensor unwanted = gain.sigmoid().times(undesirableWeight); // (B)
    return wanted
        .times(probabilitiesDesirable)
        .plus(unwanted.times(probabilitiesDesirable.neg().plus(1)))
        .mean(); // ()
  }
}
