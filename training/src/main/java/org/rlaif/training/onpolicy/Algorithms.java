package org.rlaif.training.onpolicy;

import org.rlaif.training.config.RunConfig;

/** The algorithm that a run's file names, with its settings. */
public final class Algorithms {
  private Algorithms() {}

  /** The one that is set, if it is on-policy. */
  public static OnPolicyAlgorithm of(RunConfig run) {
    int maxTokens = run.onPolicy().mostTokens();
    return switch (run.algorithm()) {
      case PPO -> new Ppo(run.ppo());
      case REINFORCE -> new Reinforce(run.reinforce());
      case RLOO -> new Rloo(run.rloo());
      case GRPO -> new Grpo(run.grpo(), maxTokens, /* unbiased= */ false);
      case DR_GRPO -> new Grpo(run.grpo(), maxTokens, /* unbiased= */ true);
      case GSPO -> new Gspo(run.gspo());
      case CISPO -> new Cispo(run.cispo());
      case DAPO -> new Dapo(run.dapo());
      case ONLINE_DPO -> new OnlineDpo(run.onlineDpo());
      case RRHF -> new Rrhf(run.rrhf());
      case REJECTION -> new Rejection(run.rejection());
      case DPO, KTO, ILQL ->
          throw new IllegalArgumentException(run.algorithm().word() + " is not on-policy");
    };
  }
}
