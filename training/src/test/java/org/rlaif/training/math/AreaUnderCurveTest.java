package org.rlaif.training.math;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class AreaUnderCurveTest {
  @Test
  void byHand() {
    // Wanted 3 and 1, unwanted 2 and 1, one that is neither: 3 beats both, 1 loses and is even.
    double[] scores = {3, 2, 1, 1, 9};
    double[] labels = {1, 0, 0.6, 0.2, 0.5};
    assertEquals((2 + 0.5) / 4, AreaUnderCurve.of(scores, labels), 1e-12);
  }

  @Test
  void turningTheLabelsRoundGivesOneLessIt() {
    double[] scores = {3, 2, 1, 0.5};
    assertEquals(
        1 - AreaUnderCurve.of(scores, new double[] {1, 0, 1, 0}),
        AreaUnderCurve.of(scores, new double[] {0, 1, 0, 1}),
        1e-12);
    assertEquals(Double.NaN, AreaUnderCurve.of(scores, new double[] {1, 1, 1, 1}));
  }
}
