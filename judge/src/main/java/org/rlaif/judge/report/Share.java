package org.rlaif.judge.report;

import org.jspecify.annotations.Nullable;
import org.rlaif.kit.Interval;

/**
 * A share of so many, with {@linkplain Interval#ofShare Wilson's} interval at 95 %.
 *
 * @param value from 0 to 1
 */
public record Share(double value, double low, double high, int n) {

  /**
   * A share.
   *
   * @param part how many, halves allowed
   * @return null if it would be a share of nothing
   */
  static @Nullable Share of(double part, int n) {
    if (n == 0) {
      return null;
    }
    Interval interval = Interval.ofShare(part / n, n);
    return new Share(part / n, interval.low(), interval.high(), n);
  }
}
