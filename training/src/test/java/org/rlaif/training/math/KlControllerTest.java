package org.rlaif.training.math;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class KlControllerTest {
  private static final KlController SIX = new KlController(6, 10_000);

  @Test
  void byHand() {
    // 6.6 is a tenth above 6, and 500 are a twentieth of the horizon: 0.2 * (1 + 0.1 * 0.05).
    assertEquals(0.201, SIX.next(0.2, 6.6, 500), 1e-12);
    // Ten times the target counts as 1.2 of it, and a negative KL as 0.8.
    assertEquals(0.2 * 1.01, SIX.next(0.2, 60, 500), 1e-12);
    assertEquals(0.2 * 0.99, SIX.next(0.2, -1, 500), 1e-12);
    assertEquals(0.2, SIX.next(0.2, 6, 500));
  }

  /** Where the KL falls as its price rises, it comes to its target from either side. */
  @Test
  void bringsAKlToItsTarget() {
    for (double start : new double[] {0.01, 10}) {
      double coefficient = start;
      for (int i = 0; i < 10_000; i++) {
        coefficient = SIX.next(coefficient, 3 / coefficient, 500);
      }
      assertEquals(0.5, coefficient, 1e-3, "from " + start);
      assertTrue(Math.abs(3 / coefficient - 6) < 0.02);
    }
  }
}
