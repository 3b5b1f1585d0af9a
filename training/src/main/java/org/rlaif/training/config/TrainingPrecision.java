package org.rlaif.training.config;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What the trainer multiplies in. */
public enum TrainingPrecision {
  @JsonProperty("fp32")
  FP32,
  @JsonProperty("bf16")
  BF16
}
