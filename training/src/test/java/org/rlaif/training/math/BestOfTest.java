package org.rlaif.training.math;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Random;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

class BestOfTest {
  /**
   * Of the six pairs of four, the highest is the best in three, the next in two, then one, none.
   */
  @Test
  void byHand() {
    assertArrayEquals(
        new double[] {2 / 6.0, 0, 3 / 6.0, 1 / 6.0},
        BestOf.weights(new double[] {7, 1, 9, 4}, 2),
        1e-12);
    // Equal ones share: of three pairs the two 5s are in three, and together in one.
    assertArrayEquals(new double[] {0.5, 0, 0.5}, BestOf.weights(new double[] {5, 1, 5}, 2), 1e-12);
    assertArrayEquals(new double[] {0, 1, 0}, BestOf.weights(new double[] {5, 6, 5}, 3), 1e-12);
    assertEquals(Math.log(2) - 0.5, BestOf.kl(2), 1e-12);
    assertEquals(0, BestOf.kl(1));
    assertThrows(IllegalArgumentException.class, () -> BestOf.weights(new double[2], 3));
  }

  @Test
  void itIsTheMeanOverAllSubsets() {
    long seed = 11;
    Random random = new Random(seed);
    int n = 10;
    double[] proxies = random.ints(n, 0, 6).asDoubleStream().toArray(); // some are equal
    double[] gold = random.doubles(n).toArray();
    for (int k = 1; k <= n; k++) {
      double sum = 0;
      int subsets = 0;
      for (int subset = 0; subset < 1 << n; subset++) {
        if (Integer.bitCount(subset) == k) {
          sum += ofBest(subset, proxies, gold);
          subsets++;
        }
      }
      double[] weights = BestOf.weights(proxies, k);
      double found = 0;
      for (int i = 0; i < n; i++) {
        found += weights[i] * gold[i];
      }
      assertEquals(sum / subsets, found, 1e-12, "k " + k + ", seed " + seed);
      assertEquals(1, DoubleStream.of(weights).sum(), 1e-12);
    }
  }

  /** The mean over those of the subset that have its highest proxy. */
  private static double ofBest(int subset, double[] proxies, double[] gold) {
    double best = -1;
    double sum = 0;
    int count = 0;
    for (int i = 0; i < proxies.length; i++) {
      if ((subset >> i & 1) == 1 && proxies[i] >= best) {
        if (proxies[i] > best) {
          best = proxies[i];
          sum = 0;
          count = 0;
        }
        sum += gold[i];
        count++;
      }
    }
    return sum / count;
  }

  /** Of many samples, the best of k is about where the best of k fresh ones is: k / (k + 1). */
  @Test
  void ranksAreWhereTheyShouldBe() {
    double[] ranks = new double[2000];
    for (int i = 0; i < ranks.length; i++) {
      ranks[i] = (i + 0.5) / ranks.length;
    }
    for (int k : new int[] {1, 4, 64}) {
      double[] weights = BestOf.weights(ranks, k);
      double mean = 0;
      for (int i = 0; i < ranks.length; i++) {
        mean += weights[i] * ranks[i];
      }
      assertEquals(k / (k + 1.0), mean, 2e-3, "k " + k);
    }
  }
}
