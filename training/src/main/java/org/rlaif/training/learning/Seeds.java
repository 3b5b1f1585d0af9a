package org.rlaif.training.learning;

/** Seeds that have nothing to do with each other, from one: a run has one seed and many streams. */
public final class Seeds {
  private Seeds() {}

  /** A seed for one purpose, such as the shuffling, and one of its numbers, such as an update. */
  public static long of(long seed, String purpose, long number) {
    return mix(mix(mix(seed) + purpose.hashCode()) + number);
  }

  /** SplitMix64: Steele, Lea and Flood 2014, "Fast splittable pseudorandom number generators". */
  private static long mix(long value) {
    long z = value + 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
