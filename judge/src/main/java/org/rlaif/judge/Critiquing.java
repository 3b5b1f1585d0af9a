package org.rlaif.judge;

import static org.rlaif.kit.UserError.require;

import org.jspecify.annotations.Nullable;
import org.rlaif.judge.language.Writing;

/**
 * How a language model writes what is good and bad about a completion.
 *
 * @param maxTokens of a critique
 * @param temperature it is drawn at; 0: the most likely one
 * @param template a Mustache file that asks for it; null: as shipped
 */
public record Critiquing(int maxTokens, double temperature, @Nullable String template) {
  /** As shipped. */
  static final Critiquing SHIPPED = new Critiquing(256, 0, null);

  public Critiquing {
    require(maxTokens >= 1 && maxTokens <= 65_536, "critique.maxTokens", maxTokens, "1 to 65536");
    require(
        temperature == 0 || (temperature >= 0.01 && temperature <= 100),
        "critique.temperature",
        temperature,
        "0, or from 0.01 to 100");
  }

  Writing writing() {
    return writing(0);
  }

  public Writing writing(long seed) {
    return new Writing(maxTokens, temperature, seed);
  }
}
