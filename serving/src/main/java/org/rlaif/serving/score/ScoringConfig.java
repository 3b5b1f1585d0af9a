package org.rlaif.serving.score;

import java.time.Duration;
import org.rlaif.kit.UserError;
import org.rlaif.serving.decode.Prefill;

/**
 * Scores and log-probabilities of given completions, whoever asks, are computed together.
 *
 * @param tokens at most in one run, padding included
 * @param delay that a request waits for others, at most
 */
public record ScoringConfig(int tokens, Duration delay) {
  private static final int MOST_TOKENS = 1 << 16;
  private static final Duration LONGEST = Duration.ofSeconds(10);

  /** Measured: see the benchmarks. */
  public static final ScoringConfig DEFAULT = new ScoringConfig(512, Duration.ofMillis(2));

  public ScoringConfig {
    UserError.require(
        tokens >= Prefill.CHUNK && tokens <= MOST_TOKENS,
        "scoring-tokens",
        tokens,
        "from " + Prefill.CHUNK + " to " + MOST_TOKENS);
    UserError.require(
        !delay.isNegative() && delay.compareTo(LONGEST) <= 0,
        "scoring-delay",
        delay.toMillis() + " ms",
        "from 0 to " + LONGEST.toMillis() + " ms");
  }
}
