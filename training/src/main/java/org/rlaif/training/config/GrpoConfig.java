package org.rlaif.training.config;

import static org.rlaif.kit.UserError.require;

/**
 * Group-relative policy optimisation, with and without its biases.
 *
 * @param samples completions per prompt: a group
 * @param clipRange of the ratio of probabilities, new to old
 */
public record GrpoConfig(int samples, double clipRange) {
  public GrpoConfig {
    require(samples >= 2, "grpo.samples", samples, ">= 2: each is measured by its group");
    Ranges.positive("grpo.clipRange", clipRange);
  }
}
