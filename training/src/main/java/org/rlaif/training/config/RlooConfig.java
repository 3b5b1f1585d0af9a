package org.rlaif.training.config;

import static org.rlaif.kit.UserError.require;

/**
 * REINFORCE, leave one out.
 *
 * @param samples completions per prompt
 * @param clipRange of the ratio of probabilities, new to old
 */
public record RlooConfig(int samples, double clipRange) {
  public RlooConfig {
    require(samples >= 2, "rloo.samples", samples, ">= 2: each is measured by the others");
    Ranges.positive("rloo.clipRange", clipRange);
  }
}
