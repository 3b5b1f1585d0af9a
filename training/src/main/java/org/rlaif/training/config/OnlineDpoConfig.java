package org.rlaif.training.config;

import org.rlaif.training.losses.DirectPreference;

/**
 * Direct preference optimisation on what the policy has just written.
 *
 * @param loss what a preference asks for
 * @param beta how dear it is to leave the reference: what a nat is worth as a reward
 */
public record OnlineDpoConfig(DirectPreference loss, double beta) {
  public OnlineDpoConfig {
    Ranges.positive("online_dpo.beta", beta);
  }
}
