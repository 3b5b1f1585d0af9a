package org.rlaif.kit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class BootstrapTest {
  private static Interval ofShare(int wins, int n, long seed) {
    return Objects.requireNonNull(
        new Bootstrap(2000, seed)
            .interval(n, drawn -> Arrays.stream(drawn).filter(i -> i < wins).count() / (double) n));
  }

  private static Interval ofRoots(long seed) {
    return Objects.requireNonNull(
        new Bootstrap(50, seed)
            .interval(100, drawn -> Arrays.stream(drawn).mapToDouble(Math::sqrt).sum()));
  }

  @Test
  void ofAShareItIsNearTheNormalInterval() {
    // 0.6 +- 1.96 * sqrt(0.6 * 0.4 / 400) = 0.6 +- 0.048
    Interval interval = ofShare(240, 400, 1);
    assertEquals(0.552, interval.low(), 0.006);
    assertEquals(0.648, interval.high(), 0.006);
  }

  @Test
  void theSameSeedIsTheSameInterval() {
    assertEquals(ofShare(7, 20, 3), ofShare(7, 20, 3));
    assertNotEquals(ofRoots(3), ofRoots(4));
  }

  @Test
  void drawsWithoutAFigureAreLeftOut() {
    Bootstrap bootstrap = new Bootstrap(100, 1);
    assertNull(bootstrap.interval(5, drawn -> Double.NaN));
    assertNotNull(bootstrap.interval(5, drawn -> drawn[0] == 0 ? Double.NaN : 1));
  }

  @Test
  void aQuantileLiesBetweenItsNeighbours() {
    double[] sorted = {1, 2, 4};
    assertEquals(1, Bootstrap.quantile(sorted, 0));
    assertEquals(3, Bootstrap.quantile(sorted, 0.75)); // at 1.5
    assertEquals(4, Bootstrap.quantile(sorted, 1));
  }

  @Test
  void drawingNeverIsRefused() {
    assertThrows(UserError.class, () -> new Bootstrap(0, 1));
  }
}
