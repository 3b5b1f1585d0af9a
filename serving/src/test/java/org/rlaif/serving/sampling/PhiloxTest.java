package org.rlaif.serving.sampling;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import org.junit.jupiter.api.Test;

class PhiloxTest {
  /** From kat_vectors of the authors' Random123 library. */
  @Test
  void knownAnswers() {
    assertArrayEquals(
        new int[] {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8},
        Philox.block(new int[] {0, 0, 0, 0}, 0, 0));
    assertArrayEquals(
        new int[] {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd},
        Philox.block(new int[] {-1, -1, -1, -1}, -1, -1));
    assertArrayEquals(
        new int[] {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1},
        Philox.block(
            new int[] {0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, 0xa4093822, 0x299f31d0));
  }

  /** The first answer above as a fraction: 0x6627e8d5e169c58d / 2^64, cut to 53 bits. */
  @Test
  void uniformIsTheFirst53Bits() {
    assertEquals(0x6627e8d5e169c58dL >>> 11, Philox.uniform(0, 0, 0, 0) * 0x1p53);
  }

  @Test
  void uniformsAreEven() {
    int n = 40_000;
    var bins = new int[20];
    for (int i = 0; i < n; i++) {
      bins[(int) (20 * Philox.uniform(1, i / 4000, i / 200 % 20, i % 200))]++;
    }
    double chiSquare = 0;
    for (int count : bins) {
      chiSquare += Math.pow(count - n / 20.0, 2) / (n / 20.0);
    }
    // 19 degrees of freedom: above 43.8 once in a thousand times.
    assertEquals(19, chiSquare, 24.8, "chi-square");
  }

  @Test
  void everyArgumentMatters() {
    double base = Philox.uniform(5, 1, 2, 3);
    assertNotEquals(base, Philox.uniform(6, 1, 2, 3));
    assertNotEquals(base, Philox.uniform(5 + (1L << 40), 1, 2, 3));
    assertNotEquals(base, Philox.uniform(5, 2, 1, 3));
    assertNotEquals(base, Philox.uniform(5, 1, 2, 4));
    assertEquals(base, Philox.uniform(5, 1, 2, 3));
  }
}
