package org.rlaif.judge;

import static org.rlaif.kit.UserError.require;

import org.jspecify.annotations.Nullable;
import org.rlaif.judge.language.Writing;

/**
 * Whether a language model writes down why before it answers, in a question of its own, whose
 * answer stands in the next (chain of thought in two stages, Lee et al. 2023, arXiv 2309.00267,
 * section 2.1).
 *
 * @param maxTokens of a rationale; 0: it answers at once
 * @param samples rationales for each question; the answer is the mean over them (self-consistency,
 *     section 3.4 there)
 * @param temperature they are drawn at; 0: the most likely one
 * @param template a Mustache file that asks for it; null: as shipped
 */
public record Reasoning(int maxTokens, int samples, double temperature, @Nullable String template) {
  /** It answers at once. */
  static final Reasoning NONE = new Reasoning(0, 1, 0, null);

  public Reasoning {
    require(maxTokens >= 0 && maxTokens <= 65_536, "rationale.maxTokens", maxTokens, "0 to 65536");
    require(samples >= 1 && samples <= 256, "rationale.samples", samples, "1 to 256");
    require(
        temperature == 0 || (temperature >= 0.01 && temperature <= 100),
        "rationale.temperature",
        temperature,
        "0, or from 0.01 to 100");
    require(
        samples == 1 || (temperature > 0 && maxTokens > 0),
        "rationale.samples",
        samples,
        "1, unless rationale.maxTokens and rationale.temperature are above 0: all would be the same");
  }

  boolean isWanted() {
    return maxTokens > 0;
  }

  /** How the rationale of that index is drawn. */
  Writing writing(int sample) {
    return new Writing(maxTokens, temperature, sample);
  }
}
