package org.rlaif.training.config;

/**
 * REINFORCE with the batch as its baseline.
 *
 * @param clipRange of the ratio of probabilities, new to old
 */
public record ReinforceConfig(double clipRange) {
  public ReinforceConfig {
    Ranges.positive("reinforce.clipRange", clipRange);
  }
}
