package org.rlaif.model;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.ShortBuffer;

/**
 * How a file keeps a number, as safetensors spells it. Every number of 16 bits is a number of fp32
 * as well, so reading is exact, and writing what was read gives the same bits, NaNs included.
 */
public enum Dtype {
  /** IEEE 754 binary32. */
  F32("float32", 4, Float.POSITIVE_INFINITY),
  /** IEEE 754 binary16: 1 sign, 5 exponent (bias 15), 10 fraction bits. */
  F16("float16", 2, 65_520),
  /** bfloat16, the upper half of a binary32: 1 sign, 8 exponent (bias 127), 7 fraction bits. */
  BF16("bfloat16", 2, 0x1.ffp127f);

  private static final int INFINITY = 0x7f800000; // binary32
  private static final int SMALLEST_NORMAL_HALF = 0x38800000; // 2^-14 in binary32

  private final String torchName;
  private final int bytes;

  /** The smallest number that is rounded to infinity. */
  private final float tooLarge;

  Dtype(String torchName, int bytes, float tooLarge) {
    this.torchName = torchName;
    this.bytes = bytes;
    this.tooLarge = tooLarge;
  }

  /** What {@code config.json} calls it. */
  String torchName() {
    return torchName;
  }

  /** Of one number. */
  public int bytes() {
    return bytes;
  }

  /** Numbers {@code at} to {@code at + n} of little-endian bytes, into the first n of an array. */
  void read(ByteBuffer from, int at, int n, float[] to) {
    if (this == F32) {
      floats(from).get(at, to, 0, n);
      return;
    }
    var bits = new short[n];
    shorts(from).get(at, bits, 0, n);
    if (this == F16) {
      for (int i = 0; i < n; i++) {
        to[i] = halfToFloat(bits[i]);
      }
    } else {
      for (int i = 0; i < n; i++) {
        to[i] = brainToFloat(bits[i]);
      }
    }
  }

  /** The first n numbers of an array as little-endian bytes, rounded to nearest, ties to even. */
  void write(float[] from, int n, ByteBuffer to) {
    if (this == F32) {
      floats(to).put(from, 0, n);
      return;
    }
    var bits = new short[n];
    for (int i = 0; i < n; i++) {
      bits[i] = this == F16 ? floatToHalf(from[i]) : floatToBrain(from[i]);
    }
    shorts(to).put(bits);
  }

  /** Whether rounding turns a finite number into an infinite one. */
  boolean overflows(float number) {
    return Float.isFinite(number) && Math.abs(number) >= tooLarge;
  }

  static float halfToFloat(short half) {
    int sign = (half & 0x8000) << 16;
    int exponent = half >>> 10 & 0x1f;
    int fraction = half & 0x3ff;
    int magnitude;
    if (exponent == 0) {
      magnitude = Float.floatToRawIntBits(fraction * 0x1p-24f); // zero or subnormal
    } else if (exponent == 0x1f) {
      magnitude = INFINITY | (fraction << 13); // infinity or NaN
    } else {
      magnitude = ((exponent + (127 - 15)) << 23) | (fraction << 13);
    }
    return Float.intBitsToFloat(sign | magnitude);
  }

  static short floatToHalf(float number) {
    int bits = Float.floatToRawIntBits(number);
    int sign = (bits >>> 16) & 0x8000;
    int magnitude = bits & 0x7fffffff;
    int half;
    if (magnitude > INFINITY) {
      half = 0x7c00 | quiet((bits >>> 13) & 0x3ff, 0x200);
    } else if (magnitude < SMALLEST_NORMAL_HALF) {
      // Exact but for rint, which rounds ties to even; 1024 of them are the smallest normal number.
      half = (int) Math.rint(Float.intBitsToFloat(magnitude) * 0x1p24f);
    } else {
      // A carry out of the fraction is the next exponent; beyond the last one is infinity.
      half = Math.min((roundedAt(magnitude, 13) >>> 13) - ((127 - 15) << 10), 0x7c00);
    }
    return (short) (sign | half);
  }

  static float brainToFloat(short brain) {
    return Float.intBitsToFloat(brain << 16);
  }

  static short floatToBrain(float number) {
    int bits = Float.floatToRawIntBits(number);
    int upper =
        (bits & 0x7fffffff) > INFINITY
            ? ((bits >>> 16) & ~0x7f) | quiet((bits >>> 16) & 0x7f, 0x40)
            : roundedAt(bits, 16) >>> 16;
    return (short) upper;
  }

  /** The upper bits rounded to nearest, ties to even; the lower ones are still there. */
  private static int roundedAt(int bits, int lower) {
    int half = (1 << (lower - 1)) - 1;
    return bits + half + (bits >>> lower & 1);
  }

  /** What is left of a NaN's fraction; 0 would make it infinite. */
  private static int quiet(int fraction, int quietBit) {
    return fraction == 0 ? quietBit : fraction;
  }

  private static FloatBuffer floats(ByteBuffer bytes) {
    return bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
  }

  private static ShortBuffer shorts(ByteBuffer bytes) {
    return bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN).asShortBuffer();
  }
}
