package org.rlaif.training.config;

import static org.rlaif.kit.UserError.require;

/**
 * Clipped importance sampling.
 *
 * @param samples completions per prompt: a group
 * @param clipHigh how far above 1 the weight of a token may rise
 */
public record CispoConfig(int samples, double clipHigh) {
  public CispoConfig {
    require(samples >= 2, "cispo.samples", samples, ">= 2: each is measured by its group");
    Ranges.positive("cispo.clipHigh", clipHigh);
  }
}
