package org.rlaif.training.evaluation;

import org.jspecify.annotations.Nullable;
import org.rlaif.kit.Prompt;

/**
 * One test prompt with what was written to it, as it is kept in {@code samples.jsonl}.
 *
 * @param reference the example's own completion; empty if it has none
 * @param kl of the policy's completion to the SFT policy, estimator k1, summed over its tokens
 * @param score from the reward model, if there is one
 * @param gold from the scorer that compares, if one does
 */
public record Sample(
    String id,
    Prompt prompt,
    String reference,
    String sft,
    String policy,
    String sftGreedy,
    String policyGreedy,
    double kl,
    @Nullable Scores score,
    @Nullable Scores gold) {

  /**
   * Of the three completions at the temperature of the settings.
   *
   * @param reference null if there is none
   */
  public record Scores(double sft, double policy, @Nullable Double reference) {}
}
