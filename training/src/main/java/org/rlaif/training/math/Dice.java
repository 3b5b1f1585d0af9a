package org.rlaif.training.math;

import java.util.List;

/**
 * SplitMix64 (Steele, Lea and Flood 2014), written out so that a seed means the same on every JDK:
 * the algorithms behind the JDK's bounded draws have changed between releases.
 */
public final class Dice {
  private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

  private long state;

  private Dice(long state) {
    this.state = state;
  }

  /** Of one thing among many: a function of seed, stream and number alone, whatever comes first. */
  public static Dice of(long seed, int stream, long index) {
    return new Dice(mix(mix(mix(seed) + stream) + index));
  }

  /**
   * Uniform in {@code [0, bound)}; the bias of the multiplication is below 2^-26 for our bounds.
   */
  public int below(int bound) {
    return (int) (((next() >>> 32) * bound) >>> 32);
  }

  /** True with the given probability. */
  public boolean chance(double probability) {
    return (next() >>> 11) * 0x1p-53 < probability;
  }

  /** Any of them, with the same chance. */
  public <T> T pick(List<T> from) {
    return from.get(below(from.size()));
  }

  /** Picks something else than {@code not}. */
  public <T> T other(List<T> from, T not) {
    T picked = pick(from);
    while (picked.equals(not)) {
      picked = pick(from);
    }
    return picked;
  }

  private long next() {
    state += GOLDEN_GAMMA;
    return mix(state);
  }

  private static long mix(long z) {
    z += GOLDEN_GAMMA;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
