package org.rlaif.training.onpolicy;

import org.jspecify.annotations.Nullable;
import org.rlaif.training.config.KlConfig.Place;
import org.rlaif.training.config.RejectionConfig;
import org.rlaif.training.losses.PolicyLoss;
import org.rlaif.training.math.GroupAdvantages;

/**
 * Rejection sampling, RAFT of Dong et al. 2023 (arXiv 2304.06767), algorithm 1: of the completions
 * of a prompt the best one is learned as in SFT, and the others not at all.
 */
record Rejection(RejectionConfig config) implements OnPolicyAlgorithm {
  @Override
  public String description() {
    return "Improves the policy by learning the best completion of each prompt.";
  }

  @Override
  public int samples() {
    return config.samples();
  }

  @Override
  public @Nullable Place kl() {
    return null;
  }

  @Override
  public boolean hasRatios() {
    return false;
  }

  @Override
  public Advantages advantages(Experience experience) {
    return Advantages.shared(
        experience, GroupAdvantages.best(experience.worths(), experience.groups()));
  }

  @Override
  public boolean learns(float[] advantages) {
    return advantages[0] > 0;
  }

  @Override
  public PolicyLoss loss(Minibatch minibatch) {
    return PolicyLoss.without(
        minibatch.logprobs().neg(), minibatch.logprobs(), minibatch.oldLogprobs());
  }
}
