package org.rlaif.training.losses;

import org.rlaif.torch.Tensor;

/**
 * Learning scores from preferences: Bradley and Terry 1952, with soft labels as in RLAIF. With d
 * the difference of the scores and q the label, the loss of a pair is -[q log sigmoid(d) + (1 - q)
 * log sigmoid(-d)], the cross-entropy between the label and the model's P(first is better).
 *
 * <p>Two of them ask how strong a preference is. Their papers have grades by people; a label that
 * is a probability q leans by 2 q - 1, from -1 to 1 and 0 for a tie, and the size of that is the
 * strength. It is bounded, where the logit of q has to be clipped, and its steps are even, as those
 * of the papers' grades are: 0, 1/3, 2/3 and 1 are the smaller margins in the appendix of Llama 2.
 */
public enum BradleyTerry {
  /** As it is. Its minimum is at d = log(q / (1 - q)). */
  PLAIN {
    @Override
    public Tensor of(Tensor differences, Tensor targets, Tensor leans) {
      return logLikelihoods(differences, targets).mean().neg();
    }
  },
  /**
   * The better completion is to be ahead by the strength m before it counts as ahead, -log
   * sigmoid(d - m): Touvron et al. 2023, Llama 2 (arXiv 2307.09288), eq. 2. The minimum of a soft
   * label moves by its lean.
   */
  MARGIN {
    @Override
    public Tensor of(Tensor differences, Tensor targets, Tensor leans) {
      return logLikelihoods(differences.minus(leans), targets).mean().neg();
    }
  },
  /**
   * Each pair's loss times its strength m, -m log sigmoid(d): scaled Bradley-Terry, Wang et al.
   * 2024, HelpSteer2-Preference (arXiv 2410.01257). Their grades of 1 to 3 are three times these.
   * The mean is over the pairs, so ties count nothing and take part.
   */
  SCALED {
    @Override
    public Tensor of(Tensor differences, Tensor targets, Tensor leans) {
      return logLikelihoods(differences, targets).times(leans.abs()).mean().neg();
    }
  };

  /**
   * The mean over some pairs. All (B).
   *
   * @param differences d, scores of the first completions less those of the second
   * @param targets q, what is learned: P(first is better), from 0 to 1; constants
   * @param leans 2 q - 1 of the labels as they were given, from -1 to 1; constants
   * @return ()
   */
  public abstract Tensor of(Tensor differences, Tensor targets, Tensor leans);

  /**
   * The mean of (r1 + r2)^2 over some pairs: scores that a preference leaves free to drift together
   * stay around 0. Eisenstein et al. 2023 (arXiv 2312.09244); TRL's {@code
   * center_rewards_coefficient} is its weight.
   *
   * @param firsts r1, the scores of the first completions (B)
   * @param seconds r2 (B)
   * @return ()
   */
  public static Tensor centring(Tensor firsts, Tensor seconds) {
    return firsts.plus(seconds).square().mean(); // ()
  }

  /** Of each pair. (B) */
  private static Tensor logLikelihoods(Tensor differences, Tensor targets) {
    Tensor first = differences.logSigmoid().times(targets); // (B)
    Tensor probabilitiesSecond = targets.neg().plus(1); // (B)
    Tensor second = differences.neg().logSigmoid().times(probabilitiesSecond); // (B)
    return first.plus(second); // (B)
  }
}
