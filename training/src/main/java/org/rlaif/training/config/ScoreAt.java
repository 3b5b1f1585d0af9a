package org.rlaif.training.config;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Where a completion's score is given to a value network. */
public enum ScoreAt {
  /** With its last token. */
  @JsonProperty("last_token")
  LAST_TOKEN,
  /**
   * After it, at a position of its own that has a value but no token, as in TRL's PPO: if it has
   * ended, and with fewer tokens than it might have had.
   */
  @JsonProperty("after_end")
  AFTER_END
}
