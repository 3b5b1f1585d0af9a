package org.rlaif.training.onpolicy;

import org.rlaif.training.config.OnPolicyConfig;

/**
 * What lives across updates beside networks and optimisers: with it, an update can be the next one
 * of a run that was stopped.
 *
 * @param prompts that have been asked
 * @param klCoefficient that the next update has
 */
public record OnPolicyState(long prompts, double klCoefficient) {
  /** Before the first update. */
  public static OnPolicyState begin(OnPolicyConfig config) {
    return new OnPolicyState(0, config.kl().coefficient());
  }
}
