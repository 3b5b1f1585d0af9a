package org.rlaif.judge;

import static org.rlaif.kit.UserError.require;

import org.jspecify.annotations.Nullable;
import org.rlaif.judge.language.Writing;

/**
 * How a language model revises completions, each time under a principle of a {@link Constitution}.
 *
 * @param rounds of a critique and a revision, each of what the one before has left
 * @param maxTokens of a revision
 * @param temperature it is drawn at; 0: the most likely one
 * @param template a Mustache file that asks for it; null: as shipped
 */
public record Revising(int rounds, int maxTokens, double temperature, @Nullable String template) {
  /** As shipped. */
  static final Revising SHIPPED = new Revising(1, 512, 0, null);

  public Revising {
    require(rounds >= 1 && rounds <= 64, "revision.rounds", rounds, "1 to 64");
    require(maxTokens >= 1 && maxTokens <= 65_536, "revision.maxTokens", maxTokens, "1 to 65536");
    require(
        temperature == 0 || (temperature >= 0.01 && temperature <= 100),
        "revision.temperature",
        temperature,
        "0, or from 0.01 to 100");
  }

  public Writing writing(long seed) {
    return new Writing(maxTokens, temperature, seed);
  }
}
