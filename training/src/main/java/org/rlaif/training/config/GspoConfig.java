package org.rlaif.training.config;

import static org.rlaif.kit.UserError.require;

/**
 * Group sequence policy optimisation.
 *
 * @param samples completions per prompt: a group
 * @param clipLow how far below 1 the ratio of a completion, per token, may fall
 * @param clipHigh how far above 1 it may rise
 */
public record GspoConfig(int samples, double clipLow, double clipHigh) {
  public GspoConfig {
    require(samples >= 2, "gspo.samples", samples, ">= 2: each is measured by its group");
    Ranges.positive("gspo.clipLow", clipLow);
    Ranges.positive("gspo.clipHigh", clipHigh);
  }
}
