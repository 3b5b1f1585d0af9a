package org.rlaif.training.onpolicy;

import org.rlaif.training.config.PpoConfig;
import org.rlaif.training.losses.PolicyLoss;
import org.rlaif.training.math.Gae;
import org.rlaif.training.math.Rewards;
import org.rlaif.training.math.Whitening;

/**
 * Proximal policy optimisation (Schulman et al. 2017, arXiv 1707.06347) with a per-token KL penalty
 * to where the policy started (Ziegler et al. 2019, arXiv 1909.08593) and a value network.
 *
 * @param klCoefficient beta of the penalty, which is part of the reward
 */
record Ppo(PpoConfig config, double klCoefficient) implements OnPolicyAlgorithm {
  @Override
  public String description() {
    return "Improves the policy by PPO, with a value network.";
  }

  @Override
  public Critic critic() {
    return new Critic(config.valueLearningRate(), config.valueClipRange());
  }

  @Override
  public Advantages advantages(Experience experience) {
    float[][] rewards =
        Rewards.perToken(
            experience.logprobs(),
            experience.referenceLogprobs(),
            experience.scores(),
            klCoefficient);
    Gae gae = Gae.estimate(rewards, experience.values(), config.gamma(), config.lambda());
    return new Advantages(rewards, Whitening.whiten(gae.advantages()), gae.returns());
  }

  @Override
  public PolicyLoss loss(Minibatch minibatch) {
    return PolicyLoss.clipped(
        minibatch.logprobs(), minibatch.oldLogprobs(), minibatch.advantages(), config.clipRange());
  }
}
