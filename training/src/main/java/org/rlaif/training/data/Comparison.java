package org.rlaif.training.data;

import org.jspecify.annotations.Nullable;

/**
 * Two completions that people have compared.
 *
 * @param chosen the better one, as far as they say
 * @param probability that it is, from 0.5 to 1
 * @param confidence as they said it; null if they did not
 */
record Comparison(String chosen, String rejected, double probability, @Nullable Double confidence) {
  /** Nobody is in doubt. */
  static Comparison sure(String chosen, String rejected) {
    return new Comparison(chosen, rejected, 1, null);
  }

  /** Two completions, of which the first is the better one as probably as that. */
  static Comparison of(String first, String second, double probabilityFirst) {
    return probabilityFirst >= 0.5
        ? new Comparison(first, second, probabilityFirst, null)
        : new Comparison(second, first, 1 - probabilityFirst, null);
  }

  /** Whether they say at all which one is better. */
  boolean isDecided() {
    return probability > 0.5;
  }
}
