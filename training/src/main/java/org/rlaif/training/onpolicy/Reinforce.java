package org.rlaif.training.onpolicy;

import org.rlaif.training.config.ReinforceConfig;
import org.rlaif.training.losses.PolicyLoss;
import org.rlaif.training.math.Gae;
import org.rlaif.training.math.Ragged;
import org.rlaif.training.math.Rewards;
import org.rlaif.training.math.Whitening;

/**
 * REINFORCE with the batch as its baseline, REINFORCE++ of Hu 2025 (arXiv 2501.03262), section 3: a
 * token is worth what comes after it, score and KL penalty, whitened over all tokens of the batch.
 * There is no value network; ratios are clipped as in PPO.
 *
 * @param klCoefficient beta of the penalty, which is part of the reward
 */
record Reinforce(ReinforceConfig config, double klCoefficient) implements OnPolicyAlgorithm {
  @Override
  public String description() {
    return "Improves the policy by REINFORCE, measured by the batch.";
  }

  @Override
  public Advantages advantages(Experience experience) {
    float[][] rewards =
        Rewards.perToken(
            experience.logprobs(),
            experience.referenceLogprobs(),
            experience.scores(),
            klCoefficient);
    // Without values, and all of the rest of the rewards: the return from each token on.
    Gae returns = Gae.estimate(rewards, Ragged.like(rewards), /* gamma= */ 1, /* lambda= */ 1);
    return Advantages.each(rewards, Whitening.whiten(returns.advantages()));
  }

  @Override
  public PolicyLoss loss(Minibatch minibatch) {
    return PolicyLoss.clipped(
        minibatch.logprobs(), minibatch.oldLogprobs(), minibatch.advantages(), config.clipRange());
  }
}
