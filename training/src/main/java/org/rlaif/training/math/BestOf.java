package org.rlaif.training.math;

import java.util.Arrays;
import java.util.Comparator;

/** Choosing the best of k by a proxy, from n that were sampled. */
public final class BestOf {
  private BestOf() {}

  /**
   * How probable it is that each of n samples is the best of k drawn from them without replacement:
   * with these weights, a mean over the samples is that over all subsets of k, without bias and
   * with less noise than a mean over some (Nakano et al. 2021, arXiv 2112.09332, appendix I). Among
   * equal proxies each is chosen as often as any other.
   *
   * @param proxies n numbers by which is chosen
   * @param k from 1 to n
   * @return n weights, which add up to 1
   */
  public static double[] weights(double[] proxies, int k) {
    int n = proxies.length;
    if (k < 1 || k > n) {
      throw new IllegalArgumentException("k: " + k + " (expected: from 1 to " + n + ")");
    }
    Integer[] rising = new Integer[n];
    Arrays.setAll(rising, i -> i);
    Arrays.sort(rising, Comparator.comparingDouble(i -> proxies[i]));
    double[] weights = new double[n];
    for (int from = 0, to; from < n; from = to) {
      to = from + 1;
      while (to < n && proxies[rising[to]] == proxies[rising[from]]) {
        to++;
      }
      double all = withinLowest(to, n, k) - withinLowest(from, n, k);
      for (int i = from; i < to; i++) {
        weights[rising[i]] = all / (to - from);
      }
    }
    return weights;
  }

  /** How probable it is that all k of n are among the lowest m: C(m, k) / C(n, k). */
  private static double withinLowest(int m, int n, int k) {
    double probability = 1;
    for (int j = 0; j < k; j++) {
      probability *= Math.max(0, m - j) / (double) (n - j);
    }
    return probability;
  }

  /**
   * KL(best of k || one), in nats: log k - (k - 1) / k (Stiennon et al. 2020, arXiv 2009.01325,
   * appendix G.3). It is exact where no two samples are alike; else it is an upper bound (Beirami
   * et al. 2024, arXiv 2401.01879).
   */
  public static double kl(int k) {
    return Math.log(k) - (k - 1) / (double) k;
  }
}
