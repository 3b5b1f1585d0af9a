package org.rlaif.training.config;

import static org.rlaif.kit.UserError.require;

/**
 * Rejection sampling.
 *
 * @param samples completions per prompt, of which the best one is learned
 */
public record RejectionConfig(int samples) {
  public RejectionConfig {
    require(samples >= 2, "rejection.samples", samples, ">= 2: the best of them is learned");
  }
}
