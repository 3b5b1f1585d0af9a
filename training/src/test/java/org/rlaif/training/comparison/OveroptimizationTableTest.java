package org.rlaif.training.comparison;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class OveroptimizationTableTest {
  /** Of 1 to 25: the mean of 1 to 10, and that of 11 to 25. */
  @Test
  void tenUpdatesAreAPointAndTheLastHasWhatIsLeft() {
    double[] values = IntStream.rangeClosed(1, 25).mapToDouble(i -> i).toArray();
    assertArrayEquals(new double[] {5.5, 18}, OveroptimizationTable.smooth(values));
    assertArrayEquals(new double[] {1.5}, OveroptimizationTable.smooth(new double[] {1, 2}));
  }

  @Test
  void fromTheHighestToTheLast() {
    assertEquals(2.5, OveroptimizationTable.fall(new double[] {1, 3, 2, 0.5}));
    assertEquals(0, OveroptimizationTable.fall(new double[] {1, 2, 3}));
  }
}
