package org.rlaif.training.config;

import static org.rlaif.kit.UserError.require;

/**
 * Completions of the SFT policy for the judge to compare.
 *
 * @param prompts how many training prompts
 * @param samples completions per prompt
 * @param maxTokens of a completion, the end-of-text token counted
 */
public record CandidatesConfig(int prompts, int samples, double temperature, int maxTokens) {
  public CandidatesConfig {
    require(prompts > 0, "candidates.prompts", prompts, "> 0");
    require(samples >= 2, "candidates.samples", samples, ">= 2");
    Ranges.positive("candidates.temperature", temperature);
    require(maxTokens > 0, "candidates.maxTokens", maxTokens, "> 0");
  }
}
