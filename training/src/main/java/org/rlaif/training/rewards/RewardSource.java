package org.rlaif.training.rewards;

import java.util.List;

/** Says what completions are worth. */
@FunctionalInterface
public interface RewardSource {
  /**
   * One number for each of them, in their order; higher is better. One that is not finite ends the
   * run; NaN, with {@code onPolicy.missingReward: leave_out}, leaves its completion out instead.
   */
  double[] score(List<SampledCompletion> completions);
}
