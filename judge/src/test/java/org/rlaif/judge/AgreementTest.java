package org.rlaif.judge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class AgreementTest {
  @Test
  void sidesAgreeOrNot() {
    // Right, wrong, undecided (half), label without a side (left out).
    double[] predicted = {0.9, 0.6, 0.5, 0.7};
    double[] labels = {0.7, 0.1, 0.8, 0.5};
    assertEquals(0.5, Agreement.accuracy(predicted, labels), 1e-12); // 1.5 of 3
  }

  @Test
  void noLabelWithASideIsNoFigure() {
    assertTrue(Double.isNaN(Agreement.accuracy(new double[] {0.9}, new double[] {0.5})));
  }

  @Test
  void whoeverRepeatsTheLabelsIsPerfect() {
    double[] labels = {0.1, 0.93, 0.5, 0.7};
    assertEquals(1, Agreement.accuracy(labels, labels), 1e-12);
  }
}
