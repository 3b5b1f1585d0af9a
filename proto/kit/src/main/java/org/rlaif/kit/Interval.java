package org.rlaif.kit;

import org.jspecify.annotations.Nullable;

/**
 * Where a figure may lie by chance, at 95 %.
 *
 * @param low lower end
 * @param high upper end
 */
public record Interval(double low, double high) {
  /** The normal distribution's 97.5th percentile. */
  private static final double Z = 1.959963984540054;

  /** With fewer values, what they vary by says next to nothing. */
  private static final int FEWEST = 3;

  /**
   * Of a share: Wilson's score interval (Wilson 1927; Brown, Cai and DasGupta 2001 recommend it for
   * shares of every size).
   *
   * @param share from 0 to 1
   * @param n of how many observations; at least 1
   */
  public static Interval ofShare(double share, double n) {
    double square = Z * Z / n;
    double centre = (share + square / 2) / (1 + square);
    double half = Z / (1 + square) * Math.sqrt(share * (1 - share) / n + square / (4 * n));
    return new Interval(Math.max(0, centre - half), Math.min(1, centre + half));
  }

  /** Of a mean, by Student's distribution; null for fewer than 3 values. */
  public static @Nullable Interval ofMean(double[] values) {
    int n = values.length;
    if (n < FEWEST) {
      return null;
    }
    double mean = 0;
    for (double value : values) {
      mean += value / n;
    }
    double squares = 0;
    for (double value : values) {
      squares += (value - mean) * (value - mean);
    }
    double half = student(n - 1) * Math.sqrt(squares / (n - 1) / n);
    return new Interval(mean - half, mean + half);
  }

  /**
   * Student's 97.5th percentile by the expansion in powers of 1 / freedom (Abramowitz and Stegun
   * 1964, 26.7.5): 4.27 for 2 degrees of freedom, where 4.30 is right; 2.57 for 5, which is.
   */
  static double student(int freedom) {
    double z2 = Z * Z;
    double first = Z * (z2 + 1) / 4;
    double second = Z * ((5 * z2 + 16) * z2 + 3) / 96;
    double third = Z * (((3 * z2 + 19) * z2 + 17) * z2 - 15) / 384;
    double fourth = Z * ((((79 * z2 + 776) * z2 + 1482) * z2 - 1920) * z2 - 945) / 92160;
    return Z + (first + (second + (third + fourth / freedom) / freedom) / freedom) / freedom;
  }
}
