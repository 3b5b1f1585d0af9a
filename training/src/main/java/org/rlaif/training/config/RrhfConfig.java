package org.rlaif.training.config;

import static org.rlaif.kit.UserError.require;

/**
 * Rank responses to align with feedback.
 *
 * @param samples completions per prompt, which are ranked
 * @param learningRate in the place of that of all on-policy algorithms: there is no clip that would
 *     stop a step
 */
public record RrhfConfig(int samples, double learningRate) {
  public RrhfConfig {
    require(samples >= 2, "rrhf.samples", samples, ">= 2: they are ranked");
    Ranges.positive("rrhf.learningRate", learningRate);
  }
}
