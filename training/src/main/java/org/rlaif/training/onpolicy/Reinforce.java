package org.rlaif.training.onpolicy;

import org.jspecify.annotations.Nullable;
import org.rlaif.training.config.ReinforceConfig;
import org.rlaif.training.losses.PolicyLoss;
import org.rlaif.training.math.Gae;
import org.rlaif.training.math.Ragged;
import org.rlaif.training.math.Whitening;

/**
 * REINFORCE: a token is worth what comes after it, score and KL penalty, less a baseline. The batch
 * as the baseline is REINFORCE++ of Hu 2025 (arXiv 2501.03262), section 3: returns are whitened
 * over all tokens. A value network as the baseline is how RLAIF was done, Lee et al. 2023 (arXiv
 * 2309.00267), appendix B: the advantage is the return less V. Ratios are clipped as in PPO.
 */
record Reinforce(ReinforceConfig config) implements OnPolicyAlgorithm {
  @Override
  public String description() {
    return "Improves the policy by REINFORCE, measured by the batch or a value network.";
  }

  private boolean hasValues() {
    return config.baseline() == ReinforceConfig.Baseline.VALUE;
  }

  @Override
  public @Nullable Critic critic() {
    return hasValues()
        ? new Critic(config.valueLearningRate(), /* clipRange= */ null, /* fromPolicy= */ false, 0)
        : null;
  }

  @Override
  public Advantages advantages(Experience experience) {
    float[][] rewards = experience.rewards();
    float[][] values = hasValues() ? experience.values() : Ragged.like(rewards);
    // All of the rest of the rewards: the return from each token on, less V.
    Gae gae = Gae.estimate(rewards, values, /* gamma= */ 1, /* lambda= */ 1);
    float[][] advantages = Ragged.cut(gae.advantages(), experience.logprobs());
    return hasValues()
        ? new Advantages(advantages, gae.returns())
        : Advantages.each(Whitening.whiten(advantages));
  }

  @Override
  public PolicyLoss loss(Minibatch minibatch) {
    return PolicyLoss.clipped(
        minibatch.logprobs(), minibatch.oldLogprobs(), minibatch.advantages(), config.clipRange());
  }
}
