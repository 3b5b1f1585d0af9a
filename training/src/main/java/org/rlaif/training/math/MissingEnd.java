package org.rlaif.training.math;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What becomes of the score of a completion that was cut off before its end-of-text token. */
public enum MissingEnd {
  /** Less the penalty: TRL's {@code missing_eos_penalty}. */
  @JsonProperty("subtract")
  SUBTRACT {
    @Override
    double of(double score, double penalty) {
      return score - penalty;
    }
  },
  /** The penalty in its place: Ziegler et al. 2019 (arXiv 1909.08593), section 3.1.1. */
  @JsonProperty("replace")
  REPLACE {
    @Override
    double of(double score, double penalty) {
      return -penalty;
    }
  },
  /** It counts as it is. */
  @JsonProperty("none")
  NONE {
    @Override
    double of(double score, double penalty) {
      return score;
    }
  };

  abstract double of(double score, double penalty);
}
