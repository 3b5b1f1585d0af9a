package org.rlaif.training.onpolicy;

import org.rlaif.training.config.DapoConfig;
import org.rlaif.training.config.KlConfig.Place;
import org.rlaif.training.losses.PolicyLoss;
import org.rlaif.training.math.GroupAdvantages;

/**
 * Decoupled clip and dynamic sampling, Yu et al. 2025 (arXiv 2503.14476), eq. 8 to 12: as GRPO, but
 * a ratio may rise further than it may fall, so that rare tokens are found; groups whose scores are
 * all the same are left out, and more are asked for in their place; and the mean is over all
 * tokens, so that those of long completions count as much. The paper has no KL penalty.
 */
record Dapo(DapoConfig config) implements OnPolicyAlgorithm {
  @Override
  public String description() {
    return "Improves the policy by DAPO: GRPO that clips higher and samples on.";
  }

  @Override
  public int samples() {
    return config.samples();
  }

  @Override
  public int rounds() {
    return config.rounds();
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
    return PolicyLoss.clipped(
        minibatch.logprobs(),
        minibatch.oldLogprobs(),
        minibatch.advantages(),
        config.clipLow(),
        config.clipHigh());
  }
}
