package org.rlaif.training.config;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * REINFORCE.
 *
 * @param clipRange of the ratio of probabilities, new to old
 * @param baseline what a return is measured by
 * @param valueLearningRate of the value network, if it is the baseline
 */
public record ReinforceConfig(double clipRange, Baseline baseline, double valueLearningRate) {

  /** What a return is measured by. */
  public enum Baseline {
    /** The other tokens of the batch. */
    @JsonProperty("batch")
    BATCH,
    /** A value network, which learns to foresee it. */
    @JsonProperty("value")
    VALUE
  }

  public ReinforceConfig {
    Ranges.positive("reinforce.clipRange", clipRange);
    Ranges.positive("reinforce.valueLearningRate", valueLearningRate);
  }
}
