package org.rlaif.training.onpolicy;

import org.rlaif.training.config.CispoConfig;
import org.rlaif.training.config.KlConfig.Place;
import org.rlaif.training.losses.PolicyLoss;
import org.rlaif.training.math.GroupAdvantages;

/**
 * Clipped importance sampling, MiniMax 2025 (arXiv 2506.13585), eq. 4 and 5: REINFORCE on the
 * advantages of groups, each token weighted by its ratio, which is clipped but has no gradient; so
 * no token is left out, however rare it was. The mean is over all tokens. The paper has no KL
 * penalty.
 */
record Cispo(CispoConfig config) implements OnPolicyAlgorithm {
  @Override
  public String description() {
    return "Improves the policy by CISPO: REINFORCE with clipped weights for old tokens.";
  }

  @Override
  public int samples() {
    return config.samples();
  }

  @Override
  public Place kl() {
    return Place.LOSS;
  }

  @Override
  public Advantages advantages(Experience experience) {
    return Advantages.shared(
        experience, GroupAdvantages.standardised(experience.worths(), experience.groups()));
  }

  @Override
  public PolicyLoss loss(Minibatch minibatch) {
    return PolicyLoss.weighted(
        minibatch.logprobs(), minibatch.oldLogprobs(), minibatch.advantages(), config.clipHigh());
  }
}
