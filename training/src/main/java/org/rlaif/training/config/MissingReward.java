package org.rlaif.training.config;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What a reward that is not there, NaN, does. */
public enum MissingReward {
  /** It ends the run, by name. */
  @JsonProperty("fail")
  FAIL,
  /** Its completion is left out of the update, and counted. */
  @JsonProperty("leave_out")
  LEAVE_OUT
}
