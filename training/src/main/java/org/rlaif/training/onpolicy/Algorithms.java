package org.rlaif.training.onpolicy;

import org.rlaif.training.config.RunConfig;

/** The algorithm that a run's file names, with its settings. */
public final class Algorithms {
  private Algorithms() {}

  /** The one that is set, if it is on-policy. */
  public static OnPolicyAlgorithm of(RunConfig run) {
    double kl = run.onPolicy().klCoefficient();
    int maxTokens = run.onPolicy().maxTokens();
    return switch (run.algorithm()) {
      case PPO -> new Ppo(run.ppo(), kl);
      case REINFORCE -> new Reinforce(run.reinforce(), kl);
      case RLOO -> new Rloo(run.rloo(), kl);
      case GRPO -> new Grpo(run.grpo(), kl, maxTokens, /* unbiased= */ false);
      case DR_GRPO -> new Grpo(run.grpo(), kl, maxTokens, /* unbiased= */ true);
      case GSPO -> new Gspo(run.gspo(), kl);
      case CISPO -> new Cispo(run.cispo(), kl);
      case DPO, KTO ->
          throw new IllegalArgumentException(run.algorithm().word() + " is not on-policy");
    };
  }
}
