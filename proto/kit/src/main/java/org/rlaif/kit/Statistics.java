package org.rlaif.kit;

/** Means and spreads, in double precision. Variances are biased: divided by n. */
public final class Statistics {
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
    requireSameLength(x.length, y.length);
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
    requireSameLength(values.length, returns.length);
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

  /** The largest absolute difference of two arrays; NaN if any difference is. */
  public static double maxAbsDifference(float[] x, float[] y) {
    requireSameLength(x.length, y.length);
    double max = 0;
    for (int i = 0; i < x.length; i++) {
      // Math.max hands NaN on, where a comparison would hide it.
      max = Math.max(max, Math.abs((double) x[i] - y[i]));
    }
    return max;
  }

  private static void requireSameLength(int one, int other) {
    if (one != other) {
      throw new IllegalArgumentException(other + " values (expected: " + one + ")");
    }
  }

  private static double[] doubles(float[] values) {
    double[] doubles = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      doubles[i] = values[i];
    }
    return doubles;
  }
}
