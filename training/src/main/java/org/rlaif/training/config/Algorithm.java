package org.rlaif.training.config;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * How the policy is trained once there is feedback. Each has a section of its own settings; {@code
 * dr_grpo} has that of {@code grpo}.
 */
public enum Algorithm {
  /** Proximal policy optimisation, with a value network. */
  @JsonProperty("ppo")
  PPO("ppo"),
  /** REINFORCE with the batch as its baseline. */
  @JsonProperty("reinforce")
  REINFORCE("reinforce"),
  /** REINFORCE with the other completions of a prompt as the baseline. */
  @JsonProperty("rloo")
  RLOO("rloo"),
  /** Group-relative policy optimisation. */
  @JsonProperty("grpo")
  GRPO("grpo"),
  /** The same without its two biases. */
  @JsonProperty("dr_grpo")
  DR_GRPO("dr_grpo"),
  /** GRPO with one ratio for each completion. */
  @JsonProperty("gspo")
  GSPO("gspo"),
  /** REINFORCE on groups, with clipped weights for old tokens. */
  @JsonProperty("cispo")
  CISPO("cispo"),
  /** Direct preference optimisation: no reward model, no rollouts. */
  @JsonProperty("dpo")
  DPO("dpo");

  private final String word;

  Algorithm(String word) {
    this.word = word;
  }

  /** As it is written in a file; its stage has this name, too. */
  public String word() {
    return word;
  }

  /** Whether it learns from what it writes itself while it learns. */
  public boolean isOnPolicy() {
    return this != DPO;
  }
}
