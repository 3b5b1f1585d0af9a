package org.rlaif.judge.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class KappaTest {
  @Test
  void cohensByHand() {
    // po = 35/50; pe = 0.5 * 0.6 + 0.5 * 0.4 = 0.5; (0.7 - 0.5) / 0.5.
    assertEquals(0.4, Kappa.cohen(new int[][] {{20, 5}, {10, 15}}), 1e-12);
    assertEquals(1, Kappa.cohen(new int[][] {{3, 0}, {0, 4}}), 1e-12);
    assertEquals(-1, Kappa.cohen(new int[][] {{0, 5}, {5, 0}}), 1e-12); // po 0, pe 0.5
  }

  @Test
  void whereChanceExplainsAllThereIsNone() {
    assertTrue(Double.isNaN(Kappa.cohen(new int[][] {{7, 0}, {0, 0}})));
    assertTrue(Double.isNaN(Kappa.cohen(new int[2][2])));
    assertTrue(Double.isNaN(Kappa.fleiss(new int[][] {{1, 0}, {0, 1}}))); // nobody twice
    assertTrue(Double.isNaN(Kappa.fleiss(new int[0][])));
  }

  @Test
  void fleissOfFourteenRatersAndTenItems() {
    // A much used worked example: mean agreement 0.378, by chance 0.213, kappa 0.210.
    int[][] counts = {
      {0, 0, 0, 0, 14}, {0, 2, 6, 4, 2}, {0, 0, 3, 5, 6}, {0, 3, 9, 2, 0}, {2, 2, 8, 1, 1},
      {7, 7, 0, 0, 0}, {3, 2, 6, 3, 0}, {2, 5, 3, 2, 2}, {6, 5, 2, 1, 0}, {0, 2, 2, 3, 7}
    };
    assertEquals(0.210, Kappa.fleiss(counts), 5e-4);
  }

  @Test
  void fleissByHandWithUnequalNumbersOfRaters() {
    // Agreement 1 and 1/3, mean 2/3; of 5 ratings 4 are in the first: chance 0.64 + 0.04 = 0.68.
    assertEquals(
        (2.0 / 3 - 0.68) / 0.32, Kappa.fleiss(new int[][] {{2, 0}, {2, 1}, {0, 1}}), 1e-12);
  }
}
