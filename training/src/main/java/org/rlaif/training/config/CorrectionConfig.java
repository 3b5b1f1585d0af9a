package org.rlaif.training.config;

import org.jspecify.annotations.Nullable;

/**
 * Correction of rollouts whose log-probabilities are not quite the trainer's.
 *
 * @param cap of a token's importance weight; null: what the server says counts as it is
 */
public record CorrectionConfig(@Nullable Double cap) {
  public CorrectionConfig {
    Ranges.positiveOrNull("onPolicy.correction.cap", cap);
  }
}
