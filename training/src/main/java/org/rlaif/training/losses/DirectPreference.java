package org.rlaif.training.losses;

import com.fasterxml.jackson.annotation.JsonProperty;
import org.rlaif.torch.Tensor;

/**
 * Learning a policy from preferences as they are. With d the difference of the completions'
 * log-ratios, log pi - log pi_ref, and q the label, each loss is q l(d) + (1 - q) l(-d): a label of
 * 0.5 pulls to neither side.
 */
public enum DirectPreference {
  /**
   * l(d) = -log sigmoid(beta d): Rafailov et al. 2023 (arXiv 2305.18290), eq. 7. Without a
   * difference it is log 2.
   */
  @JsonProperty("sigmoid")
  SIGMOID {
    @Override
    Tensor of(Tensor differences, double beta) {
      return differences.times(beta).logSigmoid().neg();
    }
  },
  /** l(d) = max(0, 1 - beta d): Zhao et al. 2023 (arXiv 2305.10425), eq. 5, with a margin of 1. */
  @JsonProperty("hinge")
  HINGE {
    @Override
    Tensor of(Tensor differences, double beta) {
      return differences.times(-beta).plus(1).clamp(0, Float.MAX_VALUE);
    }
  },
  /**
   * l(d) = (d - 1 / (2 beta))^2 on the sums over the tokens: Azar et al. 2023 (arXiv 2310.12036),
   * eq. 17. It wants a distance, and no more.
   */
  @JsonProperty("ipo")
  IPO {
    @Override
    Tensor of(Tensor differences, double beta) {
      return differences.minus(1 / (2 * beta)).square();
    }
  };

  /** Of each pair, if its first completion is better. (B) */
  abstract Tensor of(Tensor differences, double beta);

  /**
   * The mean over some pairs.
   *
   * @param logprobs (2 B), sums over the tokens of the first completions, then of the second ones
   * @param referenceLogprobs (2 B), a constant
   * @param probabilitiesFirst (B), the labels, from 0 to 1; constants
   * @param beta how dear it is to leave the reference
   * @return ()
   */
  public Tensor of(
      Tensor logprobs, Tensor referenceLogprobs, Tensor probabilitiesFirst, double beta) {
    Tensor ratios = logprobs.minus(referenceLogprobs).reshape(2, -1); // (2, B)
    Tensor differences = ratios.indexSelect(0).minus(ratios.indexSelect(1)).reshape(-1); // (B)
    Tensor probabilitiesSecond = probabilitiesFirst.neg().plus(1); // (B)
    return of(differences, beta)
        .times(probabilitiesFirst)
        .plus(of(differences.neg(), beta).times(probabilitiesSecond))
        .mean(); // ()
  }
}
