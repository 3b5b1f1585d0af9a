package org.rlaif.kit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.api.Test;

final class IntervalTest {
  /** By hand, 8 of 10, z = 1.96: (0.8 + 0.19208) / 1.38416 ± 1.96 sqrt(0.0256040) / 1.38416. */
  @Test
  void ofAShare() {
    assertEquals(0.490157, Interval.ofShare(0.8, 10).low(), 2e-5);
    assertEquals(0.943318, Interval.ofShare(0.8, 10).high(), 2e-5);
    assertEquals(0, Interval.ofShare(0, 1).low());
    assertEquals(0.793450, Interval.ofShare(0, 1).high(), 2e-5);
    assertEquals(1, Interval.ofShare(1, 5).high());
  }

  /** Values of Student's distribution from any table. */
  @Test
  void studentsPercentile() {
    assertEquals(2.571, Interval.student(5), 1e-3);
    assertEquals(2.228, Interval.student(10), 1e-3);
    assertEquals(2.042, Interval.student(30), 1e-3);
    assertEquals(1.960, Interval.student(1_000_000), 1e-3);
  }

  /** By hand: the mean is 2, its standard error 1 / sqrt(3), and Student's percentile 4.2706. */
  @Test
  void ofAMean() {
    Interval interval = Interval.ofMean(new double[] {1, 2, 3});
    assertEquals(2 - 4.2706 / Math.sqrt(3), interval.low(), 1e-3);
    assertEquals(2 + 4.2706 / Math.sqrt(3), interval.high(), 1e-3);
    assertNull(Interval.ofMean(new double[] {1, 2}));
  }
}
