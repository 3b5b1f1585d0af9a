package org.rlaif.serving.sampling;

/**
 * Philox4x32-10, a counter-based random number generator (Salmon et al. 2011, "Parallel random
 * numbers: as easy as 1, 2, 3"). It has no state: a number is a function of key and counter, so it
 * does not matter who draws when.
 */
final class Philox {
  private static final int ROUNDS = 10;
  private static final long MULTIPLIER_0 = 0xD2511F53L;
  private static final long MULTIPLIER_1 = 0xCD9E8D57L;
  private static final int WEYL_0 = 0x9E3779B9;
  private static final int WEYL_1 = 0xBB67AE85;

  private Philox() {}

  /** A number in [0, 1) with 53 random bits. */
  static double uniform(long seed, int prompt, int sample, int position) {
    int[] words = block(new int[] {position, sample, prompt, 0}, (int) seed, (int) (seed >>> 32));
    long bits = ((words[0] & 0xFFFFFFFFL) << 21) | ((words[1] & 0xFFFFFFFFL) >>> 11);
    return bits * 0x1p-53;
  }

  /** Encrypts a counter of four words in place and returns it. */
  static int[] block(int[] counter, int key0, int key1) {
    for (int round = 0; round < ROUNDS; round++) {
      long product0 = MULTIPLIER_0 * (counter[0] & 0xFFFFFFFFL);
      long product1 = MULTIPLIER_1 * (counter[2] & 0xFFFFFFFFL);
      counter[0] = (int) (product1 >>> 32) ^ counter[1] ^ key0;
      counter[1] = (int) product1;
      counter[2] = (int) (product0 >>> 32) ^ counter[3] ^ key1;
      counter[3] = (int) product0;
      key0 += WEYL_0;
      key1 += WEYL_1;
    }
    return counter;
  }
}
