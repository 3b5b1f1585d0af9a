package org.rlaif.training.losses;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;
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
   * l(d) = (d - 1 / (2 beta))^2: Azar et al. 2023 (arXiv 2310.12036), eq. 17. It wants a distance,
   * and no more. In the paper the log-ratios are sums over the tokens; means are what TRL takes.
   */
  @JsonProperty("ipo")
  IPO {
    @Override
    Tensor of(Tensor differences, double beta) {
      return differences.minus(1 / (2 * beta)).square();
    }
  },
  /**
   * The sigmoid's, made so that with labels of which a share is turned round by chance its mean is
   * what it would be with none: ((1 - e) l(d) - e l(-d)) / (1 - 2 e), Chowdhury, Kini and Natarajan
   * 2024 (arXiv 2403.00409), "rDPO". That is l with the label (q - e) / (1 - 2 e), which smoothing
   * by e would make q.
   */
  @JsonProperty("robust")
  ROBUST {
    @Override
    Tensor of(Tensor differences, double beta) {
      return SIGMOID.of(differences, beta);
    }

    @Override
    double label(double label, double wrong) {
      return (label - wrong) / (1 - 2 * wrong);
    }
  };

  /** As it is written in a file. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * What a label counts as where some are wrong: smoothed, Mitchell 2023, "A note on DPO with noisy
   * preferences", eq. 2, unless a loss has its own way.
   *
   * @param label P(first is better)
   * @param wrong share of the labels that are turned round, below 0.5
   */
  double label(double label, double wrong) {
    return wrong + (1 - 2 * wrong) * label;
  }

  /** The same of each of some. */
  public float[] labels(float[] labels, double wrong) {
    float[] counted = new float[labels.length];
    for (int i = 0; i < labels.length; i++) {
      counted[i] = (float) label(labels[i], wrong);
    }
    return counted;
  }

  /** Of each pair, if its first completion is better. (B) */
  abstract Tensor of(Tensor differences, double beta);

  /**
   * The mean over some pairs.
   *
   * @param logprobs (2 B), sums over the tokens of the first completions, then of the second ones,
   *     or else means
   * @param referenceLogprobs (2 B), likewise; a constant
   * @param probabilitiesFirst (B), what the {@link #labels} count as; constants
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
