package org.rlaif.training.onpolicy;

import org.rlaif.training.config.RlooConfig;
import org.rlaif.training.losses.Averaging;
import org.rlaif.training.losses.PolicyLoss;
import org.rlaif.training.math.GroupAdvantages;

/**
 * REINFORCE with the mean of the prompt's other completions as each one's baseline, leave one out:
 * Ahmadian et al. 2024 (arXiv 2402.14740), section 3.2. A completion is one action: its reward is
 * the score less the KL penalty of all its tokens, and its tokens share one advantage.
 *
 * <p>Where the policy is the one that wrote them the gradient is that of REINFORCE; in later
 * minibatches each token's is weighted by its clipped ratio.
 */
record Rloo(RlooConfig config) implements OnPolicyAlgorithm {
  @Override
  public String description() {
    return "Improves the policy by REINFORCE, each completion measured by the others.";
  }

  @Override
  public int samples() {
    return config.samples();
  }

  @Override
  public Advantages advantages(Experience experience) {
    return Advantages.shared(
        experience, GroupAdvantages.leaveOneOut(experience.worths(), experience.groups()));
  }

  @Override
  public PolicyLoss loss(Minibatch minibatch) {
    return PolicyLoss.clipped(
        minibatch.logprobs(), minibatch.oldLogprobs(), minibatch.advantages(), config.clipRange());
  }

  /** A completion's log-probability is the sum of its tokens'. */
  @Override
  public Averaging averaging() {
    return Averaging.overSequences(length -> 1);
  }
}
