package org.rlaif.training.losses;

import org.rlaif.torch.Tensor;

/**
 * The likelihood of what is better, beside a loss that knows differences alone: under such a one
 * the better completion may become less likely, too, if only the worse one loses more.
 */
public final class BetterCompletion {
  private BetterCompletion() {}

  /**
   * The mean over some pairs of -log pi(better) / its tokens, in nats: Pang et al. 2024, "Iterative
   * reasoning preference optimization" (arXiv 2404.19733), eq. 1, where it stands beside DPO. Of a
   * pair whose label is even, each side counts half.
   *
   * @param logprobs (2 B), sums over the tokens of the first completions, then of the second ones
   * @param lengths tokens of each
   * @param probabilitiesFirst labels of the pairs
   * @return ()
   */
  public static Tensor negativeLogLikelihood(
      Tensor logprobs, int[] lengths, float[] probabilitiesFirst) {
    int pairs = probabilitiesFirst.length;
    float[] weights = new float[2 * pairs];
    for (int i = 0; i < pairs; i++) {
      double first = (1 + Math.signum(probabilitiesFirst[i] - 0.5)) / 2;
      weights[i] = (float) (first / lengths[i] / pairs);
      weights[pairs + i] = (float) ((1 - first) / lengths[pairs + i] / pairs);
    }
    return logprobs.times(Tensor.of(weights, weights.length)).sum().neg(); // ()
  }
}
