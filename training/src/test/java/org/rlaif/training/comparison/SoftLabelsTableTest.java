package org.rlaif.training.comparison;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class SoftLabelsTableTest {
  /** Differences -1, 1, -1, 1: their mean is 0 and the mean of their squares 1. */
  @Test
  void whatLiesBetweenNeighboursVaries() {
    assertEquals(1, SoftLabelsTable.roughness(new double[] {2, 1, 2, 1, 2}), 1e-12);
    assertEquals(0, SoftLabelsTable.roughness(new double[] {5, 4, 3, 2}), 1e-12);
  }
}
