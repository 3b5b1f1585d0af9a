package org.rlaif.training.config;

import static org.rlaif.kit.UserError.require;

/**
 * Decoupled clip and dynamic sampling policy optimisation.
 *
 * @param samples completions per prompt: a group
 * @param clipLow how far below 1 the ratio of probabilities, new to old, may fall
 * @param clipHigh how far above 1 it may rise
 * @param rounds how often an update asks for groups at most, until it has a batch of those whose
 *     scores differ
 */
public record DapoConfig(int samples, double clipLow, double clipHigh, int rounds) {
  public DapoConfig {
    require(samples >= 2, "dapo.samples", samples, ">= 2: each is measured by its group");
    Ranges.positive("dapo.clipLow", clipLow);
    Ranges.positive("dapo.clipHigh", clipHigh);
    Ranges.atLeastOne("dapo.rounds", rounds);
  }
}
