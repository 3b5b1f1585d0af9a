package org.rlaif.training.onpolicy;

import org.rlaif.training.config.PpoConfig;
import org.rlaif.training.losses.PolicyLoss;
import org.rlaif.training.math.Gae;
import org.rlaif.training.math.Ragged;
import org.rlaif.training.math.Whitening;

/**
 * Proximal policy optimisation (Schulman et al. 2017, arXiv 1707.06347) with a KL penalty to where
 * the policy started, per token (Ziegler et al. 2019, arXiv 1909.08593), and a value network.
 */
record Ppo(PpoConfig config) implements OnPolicyAlgorithm {
  @Override
  public String description() {
    return "Improves the policy by PPO, with a value network.";
  }

  @Override
  public Critic critic() {
    return new Critic(
        config.valueLearningRate(),
        config.valueClipRange(),
        config.critic() == PpoConfig.Beginning.POLICY,
        config.criticWarmup());
  }

  @Override
  public Advantages advantages(Experience experience) {
    float[][] rewards =
        config.whitenRewards() ? Whitening.rescale(experience.rewards()) : experience.rewards();
    Gae gae = Gae.estimate(rewards, experience.values(), config.gamma(), config.lambda());
    float[][] advantages = Ragged.cut(gae.advantages(), experience.logprobs());
    return new Advantages(
        config.whitenAdvantages() ? Whitening.whiten(advantages) : advantages, gae.returns());
  }

  @Override
  public PolicyLoss loss(Minibatch minibatch) {
    return PolicyLoss.clipped(
        minibatch.logprobs(),
        minibatch.oldLogprobs(),
        minibatch.advantages(),
        config.clipLow(),
        config.clipHigh(),
        config.dualClip());
  }
}
