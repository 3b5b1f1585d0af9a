package org.rlaif.training.math;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class OneStepReturnsTest {
  /** Two completions, of three tokens and of one: no value leaks from the second into the first. */
  @Test
  void theLastTokenHasTheRewardAndNothingBehindIt() {
    float[] values = {9, 0.4f, 0.6f, 7};
    assertArrayEquals(
        new float[] {0.2f, 0.3f, 1, -1},
        OneStepReturns.of(values, new int[] {3, 1}, new double[] {1, -1}, 0.5),
        1e-7f);
    assertArrayEquals(
        new float[] {0.4f, 0.6f, 1, -1},
        OneStepReturns.of(values, new int[] {3, 1}, new double[] {1, -1}, 1),
        1e-7f);
  }

  @Test
  void lengthsHaveToFit() {
    assertThrows(
        IllegalArgumentException.class,
        () -> OneStepReturns.of(new float[3], new int[] {2}, new double[] {1}, 1));
  }
}
