package org.rlaif.training.math;

/** Means and spreads, in double precision. Variances are biased: divided by n. */
public final class Statistics {
  /** The 97.5 % quantile of the normal distribution. */
  private static final double Z95 = 1.959963984540054;

  private Statistics() {}

  /** The mean; NaN of nothing. */
  public static double mean(double... values) {
    double sum = 0;
    for (double value : values) {
      sum += value;
    }
    return sum / values.length;
  }

  public static double mean(float[] values) {
    return mean(doubles(values));
  }

  public static double variance(double... values) {
    double mean = mean(values);
    double squares = 0;
    for (double value : values) {
      squares += (value - mean) * (value - mean);
    }
    return squares / values.length;
  }

  public static double variance(float[] values) {
    return variance(doubles(values));
  }

  public static double standardDeviation(double... values) {
    return Math.sqrt(variance(values));
  }

  /** Pearson's correlation; NaN where one side does not vary: there is nothing to go together. */
  public static double correlation(double[] x, double[] y) {
    Ragged.requireSameLength("y", x.length, y.length);
    double spread = standardDeviation(x) * standardDeviation(y);
    if (spread == 0) {
      return Double.NaN;
    }
    double meanX = mean(x);
    double meanY = mean(y);
    double sum = 0;
    for (int i = 0; i < x.length; i++) {
      sum += (x[i] - meanX) * (y[i] - meanY);
    }
    return sum / x.length / spread;
  }

  /**
   * How much of the returns the values explain: 1 - Var(returns - values) / Var(returns). 1 is all
   * of it, 0 no more than a constant, below 0 less than that. NaN where the returns do not vary.
   */
  public static double explainedVariance(float[] values, float[] returns) {
    Ragged.requireSameLength("returns", values.length, returns.length);
    double total = variance(returns);
    if (total == 0) {
      return Double.NaN;
    }
    double[] rest = new double[values.length];
    for (int i = 0; i < rest.length; i++) {
      rest[i] = (double) returns[i] - values[i];
    }
    return 1 - variance(rest) / total;
  }

  /**
   * Where a share lies with a probability of 95 %: Wilson's score interval (Wilson 1927; Brown, Cai
   * and DasGupta 2001 recommend it for few observations).
   *
   * @param share of the observations, from 0 to 1
   * @param n observations, at least 1
   * @return its low and its high end
   */
  public static double[] wilson(double share, double n) {
    double z2 = Z95 * Z95;
    double middle = (share + z2 / (2 * n)) / (1 + z2 / n);
    double half = Z95 * Math.sqrt(share * (1 - share) / n + z2 / (4 * n * n)) / (1 + z2 / n);
    return new double[] {Math.max(0, middle - half), Math.min(1, middle + half)};
  }

  /** The largest absolute difference of two arrays; NaN if any difference is. */
  public static double maxAbsDifference(float[] x, float[] y) {
    Ragged.requireSameLength("y", x.length, y.length);
    double max = 0;
    for (int i = 0; i < x.length; i++) {
      // Math.max hands NaN on, where a comparison would hide it.
      max = Math.max(max, Math.abs((double) x[i] - y[i]));
    }
    return max;
  }

  private static double[] doubles(float[] values) {
    double[] doubles = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      doubles[i] = values[i];
    }
    return doubles;
  }
}
