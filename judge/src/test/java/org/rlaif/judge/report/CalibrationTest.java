package org.rlaif.judge.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CalibrationTest {
  private static Calibration of(double[] probabilities, double[] truth) {
    return Objects.requireNonNull(Calibration.of(probabilities, truth));
  }

  @Test
  void theErrorByHand() {
    // 0.92 right and 0.94 wrong share a bin: |1.86 - 1|; 0.61 right: 0.39; 0.26 is 0.74 for the
    // second, right: 0.26; 0.5 favours none. (0.86 + 0.39 + 0.26) / 4.
    Calibration calibration =
        of(new double[] {0.92, 0.94, 0.61, 0.26, 0.5}, new double[] {1, 0, 1, 0, 1});
    assertEquals(0.3775, calibration.ece(), 1e-12);
    assertEquals(4, calibration.labels());
    assertEquals(0.8025, calibration.confidence(), 1e-12); // (0.92 + 0.94 + 0.61 + 0.74) / 4
    assertEquals(0.75, calibration.right(), 1e-12);
    assertEquals(3, calibration.bins().size());
    assertEquals(0.93, calibration.bins().get(2).confidence(), 1e-12);
    assertEquals(0.5, calibration.bins().get(2).right(), 1e-12);
  }

  @Test
  void whoeverIsAlwaysRightAndCertainHasNone() {
    assertEquals(0, of(new double[] {1, 0}, new double[] {1, 0}).ece(), 0);
    assertEquals(1, of(new double[] {1, 0}, new double[] {0, 1}).ece(), 0);
    assertEquals(0.5, of(new double[] {1}, new double[] {0.5}).ece(), 0); // people are even
  }

  @Test
  void labelsThatFavourNothingHaveNone() {
    assertNull(Calibration.of(new double[] {0.5}, new double[] {1}));
  }

  @Test
  void theOrderOfTheCompletionsPlaysNoPart() {
    Random random = new Random(3);
    double[] p = random.doubles(200).toArray();
    double[] truth = random.doubles(200).map(Math::rint).toArray();
    double[] swapped = java.util.Arrays.stream(p).map(x -> 1 - x).toArray();
    double[] swappedTruth = java.util.Arrays.stream(truth).map(x -> 1 - x).toArray();
    assertEquals(of(p, truth).ece(), of(swapped, swappedTruth).ece(), 1e-9);
  }

  @Test
  void aJudgeThatIsRightAsOftenAsItSaysHasNearlyNone() {
    Random random = new Random(5);
    double[] p = random.doubles(20_000).toArray();
    double[] truth = new double[p.length];
    for (int i = 0; i < p.length; i++) {
      truth[i] = random.nextDouble() < p[i] ? 1 : 0;
    }
    assertEquals(0, of(p, truth).ece(), 0.015);
  }
}
