package org.rlaif.training.losses;

import org.rlaif.torch.Tensor;

/** Learning a policy from preferences as they are: Rafailov et al. 2023 (arXiv 2305.18290). */
public final class DirectPreference {
  private DirectPreference() {}

  /**
   * The sigmoid loss, eq. 7, with soft labels as in {@link BradleyTerry}: the policy's implicit
   * reward beta * (log pi - log pi_ref) is taught as a score. Without a difference it is log 2.
   *
   * @param logprobs (2 B), sums over the tokens of the first completions, then of the second ones
   * @param referenceLogprobs (2 B), a constant
   * @param probabilitiesFirst (B), the labels, from 0 to 1; constants
   * @return ()
   */
  public static Tensor of(
      Tensor logprobs, Tensor referenceLogprobs, Tensor probabilitiesFirst, double beta) {
    Tensor rewards = logprobs.minus(referenceLogprobs).times(beta).reshape(2, -1); // (2, B)
    Tensor differences = rewards.indexSelect(0).minus(rewards.indexSelect(1)).reshape(-1); // (B)
    return BradleyTerry.of(differences, probabilitiesFirst); // ()
  }
}
