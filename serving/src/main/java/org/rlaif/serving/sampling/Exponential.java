package org.rlaif.serving.sampling;

/**
 * The exponential function where it is needed for every token of a vocabulary: e^x = 2^q 2^(k/128)
 * e^r with whole q and k and a small r (Tang 1989, Table-driven implementation of the exponential
 * function in IEEE floating-point arithmetic).
 */
final class Exponential {
  private static final int BITS = 7;
  private static final int PARTS = 1 << BITS;
  private static final float PARTS_PER_UNIT = (float) (PARTS / Math.log(2));

  /** Adding this rounds to a whole number, which is then in the float's lowest bits. */
  private static final float ROUND = 3 << 22;

  /** ln(2) / 128 in two parts; the first one has 10 bits, so that its multiples are exact. */
  private static final float STEP_HIGH = 709f / (1 << 17);

  private static final float STEP_LOW = (float) (Math.log(2) / PARTS - STEP_HIGH);

  private static final float[] POWERS = powers();

  private Exponential() {}

  /** 2^(k/128). */
  private static float[] powers() {
    var powers = new float[PARTS];
    for (int k = 0; k < PARTS; k++) {
      powers[k] = (float) StrictMath.pow(2, k / (double) PARTS);
    }
    return powers;
  }

  /**
   * e^x to 2 units in the last place for x at most 0: plain arithmetic, many times as fast as
   * {@link Math#exp} and the same bits on every machine. NaN stays NaN.
   */
  static float exp(float x) {
    if (x < -87) {
      return 0;
    }
    float rounded = x * PARTS_PER_UNIT + ROUND;
    float n = rounded - ROUND; // 128 q + k
    float r = x - n * STEP_HIGH - n * STEP_LOW; // |r| <= ln(2) / 256: r^3 / 6 is lost anyway
    int bits = Float.floatToRawIntBits(rounded);
    int q = (bits << (32 - 22)) >> (32 - 22 + BITS);
    float power = POWERS[bits & (PARTS - 1)];
    return (power + power * (r + r * r * 0.5f)) * Float.intBitsToFloat((q + 127) << 23);
  }
}
