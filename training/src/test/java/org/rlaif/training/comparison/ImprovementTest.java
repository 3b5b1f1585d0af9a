package org.rlaif.training.comparison;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.rlaif.judge.WinRate;

class ImprovementTest {
  /** Of 100 comparisons 60 to 70 wins: the interval is 18 points wide, so 9 are wanted. */
  @Test
  void aRateHasToRiseByMoreThanItsInterval() {
    WinRate now = new WinRate(0.70, 0.60, 0.78, 0.70, 0, 100);
    assertTrue(Improvement.is(0.60, now));
    assertFalse(Improvement.is(0.61 + 1e-9, now));
    assertFalse(Improvement.is(0.75, now));
  }
}
