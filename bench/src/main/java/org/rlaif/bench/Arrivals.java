package org.rlaif.bench;

import java.util.Arrays;
import java.util.SplittableRandom;

/** When requests of an open loop are due: independent of how the server fares. */
final class Arrivals {
  private Arrivals() {}

  /**
   * Poisson arrivals: the gaps are exponential, -ln(1 - u) / rate.
   *
   * @param rate requests per second
   * @return seconds after the start, ascending
   */
  static double[] poisson(double rate, int requests, long seed) {
    var random = new SplittableRandom(seed);
    var due = new double[requests];
    double time = 0;
    for (int i = 0; i < requests; i++) {
      time += -Math.log1p(-random.nextDouble()) / rate;
      due[i] = time;
    }
    return due;
  }

  /** Those of the first so many seconds. */
  static double[] within(double rate, double seconds, long seed) {
    int enough = (int) Math.ceil(2 * rate * seconds) + 100;
    return Arrays.stream(poisson(rate, enough, seed)).takeWhile(due -> due < seconds).toArray();
  }
}
