package org.rlaif.training.config;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;

/**
 * How the policy is trained once there is feedback. Each has a section of its own settings; {@code
 * dr_grpo} has that of {@code grpo}.
 */
public enum Algorithm {
  /** Proximal policy optimisation, with a value network. */
  @JsonProperty("ppo")
  PPO,
  /** REINFORCE with the batch, or a value network, as its baseline. */
  @JsonProperty("reinforce")
  REINFORCE,
  /** REINFORCE with the other completions of a prompt as the baseline. */
  @JsonProperty("rloo")
  RLOO,
  /** Group-relative policy optimisation. */
  @JsonProperty("grpo")
  GRPO,
  /** The same without its two biases. */
  @JsonProperty("dr_grpo")
  DR_GRPO,
  /** GRPO with one ratio for each completion. */
  @JsonProperty("gspo")
  GSPO,
  /** REINFORCE on groups, with clipped weights for old tokens. */
  @JsonProperty("cispo")
  CISPO,
  /** GRPO that clips higher than it clips low, and asks on for groups that differ. */
  @JsonProperty("dapo")
  DAPO,
  /** DPO on two completions that were just written, of which the reward says the better one. */
  @JsonProperty("online_dpo")
  ONLINE_DPO,
  /** The completions of a prompt become as likely as they are good. */
  @JsonProperty("rrhf")
  RRHF,
  /** The best completion of a prompt is learned. */
  @JsonProperty("rejection")
  REJECTION,
  /** Direct preference optimisation: no reward model, no rollouts. */
  @JsonProperty("dpo")
  DPO,
  /**
   * Kahneman-Tversky optimisation: the same from completions that are good or bad by themselves.
   */
  @JsonProperty("kto")
  KTO,
  /** Implicit language Q-learning: what each next token is worth, from completions as they are. */
  @JsonProperty("ilql")
  ILQL;

  /** As it is written in a file; its stage has this name, too. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Whether it learns from what it writes itself while it learns. */
  public boolean isOnPolicy() {
    return this != DPO && this != KTO && this != ILQL;
  }
}
