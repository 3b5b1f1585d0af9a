package org.rlaif.training.config;

import static org.rlaif.kit.UserError.require;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * The evaluation on test prompts.
 *
 * @param prompts how many test prompts
 * @param temperature at which both policies are sampled; greedy figures are reported beside
 */
public record EvaluationConfig(int prompts, double temperature, int maxTokens, By judge) {

  /** Who compares. */
  public enum By {
    /** The one that knows what the generator put into each post. */
    @JsonProperty("gold")
    GOLD,
    /** The judge of the labels. */
    @JsonProperty("configured")
    CONFIGURED
  }

  public EvaluationConfig {
    require(prompts > 0, "evaluation.prompts", prompts, "> 0");
    Ranges.positive("evaluation.temperature", temperature);
    require(maxTokens > 0, "evaluation.maxTokens", maxTokens, "> 0");
  }
}
