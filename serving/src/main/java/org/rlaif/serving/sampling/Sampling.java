package org.rlaif.serving.sampling;

import org.rlaif.kit.UserError;

/**
 * How tokens are chosen, and what is told of them. {@code policy.proto} has the order of the
 * operations.
 *
 * @param temperature logits are divided by it; 0 takes the most likely token
 * @param topK keep the k most likely tokens; 0 keeps all
 * @param topP of what top-k left, keep the most likely tokens until they hold this share
 * @param minP keep tokens at least this many times as probable as the most probable one; 0 keeps
 *     all
 * @param maxTokens at most this many, the end-of-text token counted
 * @param seed of all random numbers, together with the sequence and the position
 * @param penalties what moves logits before the temperature
 * @param stops what ends a sequence besides the end-of-text token
 * @param details what is told of every token beyond its log-probability
 */
public record Sampling(
    double temperature,
    int topK,
    double topP,
    double minP,
    int maxTokens,
    long seed,
    Penalties penalties,
    Stops stops,
    DetailOptions details) {
  /** Below it logits overflow, above it nothing is left of them. */
  private static final double SMALLEST_TEMPERATURE = 0.01;

  private static final double LARGEST_TEMPERATURE = 100;

  public Sampling {
    UserError.require(
        temperature == 0
            || (temperature >= SMALLEST_TEMPERATURE && temperature <= LARGEST_TEMPERATURE),
        "temperature",
        temperature,
        "0, or from 0.01 to 100");
    UserError.require(topK >= 0, "top_k", topK, ">= 0; 0 keeps all tokens");
    UserError.require(topP > 0 && topP <= 1, "top_p", topP, "above 0 and at most 1");
    UserError.require(minP >= 0 && minP <= 1, "min_p", minP, "from 0 to 1");
    UserError.require(maxTokens >= 1, "max_tokens", maxTokens, ">= 1");
    UserError.require(
        stops.minTokens() <= maxTokens,
        "min_tokens",
        stops.minTokens(),
        "at most max_tokens, " + maxTokens);
  }

  /** No penalties, no stops, nothing told beyond log-probabilities. */
  public Sampling(double temperature, int topK, double topP, int maxTokens, long seed) {
    this(
        temperature,
        topK,
        topP,
        0,
        maxTokens,
        seed,
        Penalties.NONE,
        Stops.NONE,
        DetailOptions.NOTHING);
  }

  /** Everything kept. */
  public static Sampling of(double temperature, int maxTokens, long seed) {
    return new Sampling(temperature, 0, 1, maxTokens, seed);
  }

  public Sampling withMinP(double minP) {
    return new Sampling(temperature, topK, topP, minP, maxTokens, seed, penalties, stops, details);
  }

  public Sampling with(Penalties penalties) {
    return new Sampling(temperature, topK, topP, minP, maxTokens, seed, penalties, stops, details);
  }

  public Sampling with(Stops stops) {
    return new Sampling(temperature, topK, topP, minP, maxTokens, seed, penalties, stops, details);
  }

  public Sampling with(DetailOptions details) {
    return new Sampling(temperature, topK, topP, minP, maxTokens, seed, penalties, stops, details);
  }

  boolean isGreedy() {
    return temperature == 0;
  }

  /** What the graph divides logits by: greedy log-probabilities are those at temperature 1. */
  public double graphTemperature() {
    return isGreedy() ? 1 : temperature;
  }

  /** Whether logits are moved before the choice. */
  public boolean movesLogits() {
    return !penalties.isNone() || stops.minTokens() > 0;
  }
}
