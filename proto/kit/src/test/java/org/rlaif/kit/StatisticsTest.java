package org.rlaif.kit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class StatisticsTest {
  @Test
  void meanAndSpread() {
    assertEquals(3, Statistics.mean(1, 2, 3, 6));
    assertEquals(3.5, Statistics.variance(1, 2, 3, 6));
    assertEquals(3.5, Statistics.variance(new float[] {1, 2, 3, 6}));
    assertEquals(2, Statistics.standardDeviation(1, 5));
  }

  @Test
  void correlationByHand() {
    // Covariance 5/3; variances 2/3 and 38/9; 5/3 / sqrt(76/27) = 0.9933993
    double[] x = {1, 2, 3};
    assertEquals(0.9933993, Statistics.correlation(x, new double[] {2, 4, 7}), 1e-7);
    assertEquals(-1, Statistics.correlation(x, new double[] {5, 3, 1}), 1e-12);
    assertEquals(Double.NaN, Statistics.correlation(x, new double[] {4, 4, 4}));
  }

  @Test
  void explainedVarianceByHand() {
    // Var(0, 0, 2) = 8/9 against Var(1, 2, 5) = 26/9: 1 - 8/26
    float[] returns = {1, 2, 5};
    assertEquals(9 / 13.0, Statistics.explainedVariance(new float[] {1, 2, 3}, returns), 1e-12);
    assertEquals(1, Statistics.explainedVariance(returns, returns));
    assertEquals(0, Statistics.explainedVariance(new float[] {9, 9, 9}, returns), 1e-12);
    assertTrue(Statistics.explainedVariance(new float[] {5, 2, 1}, returns) < 0);
    assertEquals(Double.NaN, Statistics.explainedVariance(new float[] {1, 2}, new float[] {3, 3}));
  }

  @Test
  void largestDifferenceDoesNotHideNaN() {
    assertEquals(
        0.5, Statistics.maxAbsDifference(new float[] {1, 2, 3}, new float[] {1, 2.5f, 2.75f}));
    assertTrue(
        Double.isNaN(Statistics.maxAbsDifference(new float[] {Float.NaN, 2}, new float[] {1, 1})));
  }
}
