package org.rlaif.training.math;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Random;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

class GroupAdvantagesTest {
  private static final double[] TWO_GROUPS = {1, 2, 6, 4, 4, 4};
  private static final int[] THREES = {3, 3};

  @Test
  void leaveOneOutByHand() {
    // 1 - (2 + 6) / 2, 2 - (1 + 6) / 2, 6 - (1 + 2) / 2; and nothing where all are the same.
    assertArrayEquals(
        new double[] {-3, -1.5, 4.5, 0, 0, 0},
        GroupAdvantages.leaveOneOut(TWO_GROUPS, THREES),
        1e-12);
  }

  @Test
  void standardisedByHand() {
    // Mean 3, deviation sqrt((4 + 1 + 9) / 2) = sqrt(7).
    double deviation = Math.sqrt(7) + 1e-4;
    assertArrayEquals(
        new double[] {-2 / deviation, -1 / deviation, 3 / deviation, 0, 0, 0},
        GroupAdvantages.standardised(TWO_GROUPS, THREES),
        1e-12);
    assertArrayEquals(
        new double[] {-2, -1, 3, 0, 0, 0}, GroupAdvantages.centred(TWO_GROUPS, THREES), 1e-12);
  }

  /** Both baselines differ by a factor alone: r - mean of others = n / (n - 1) (r - mean). */
  @Test
  void leaveOneOutIsTheCentredScoreTimesAFactor() {
    long seed = 5;
    double[] scores = new Random(seed).doubles(24, -3, 3).toArray();
    int[] eights = {8, 8, 8};
    double[] centred = GroupAdvantages.centred(scores, eights);
    assertArrayEquals(
        DoubleStream.of(centred).map(d -> d * 8 / 7).toArray(),
        GroupAdvantages.leaveOneOut(scores, eights),
        1e-12,
        "seed " + seed);
    for (int from = 0; from < 24; from += 8) {
      assertEquals(0, DoubleStream.of(centred).skip(from).limit(8).sum(), 1e-12);
    }
  }

  @Test
  void everyTokenHasWhatItsCompletionHas() {
    float[][] like = {{0, 0, 0}, {0}};
    float[][] rows = GroupAdvantages.perToken(like, new double[] {2, -1});
    assertArrayEquals(new float[] {2, 2, 2}, rows[0]);
    assertArrayEquals(new float[] {-1}, rows[1]);
  }

  @Test
  void groupsHaveToBeWhole() {
    assertThrows(
        IllegalArgumentException.class,
        () -> GroupAdvantages.centred(new double[] {1, 2, 3}, new int[] {2}));
    assertThrows(
        IllegalArgumentException.class,
        () -> GroupAdvantages.centred(new double[] {1, 2}, new int[] {1, 1}));
  }

  /** A group may have lost a completion: 5 - 1 and 1 - 5 beside the mean of 1, 2 and 6. */
  @Test
  void groupsMayBeOfDifferentSizes() {
    assertArrayEquals(
        new double[] {4, -4, -3, -1.5, 4.5},
        GroupAdvantages.leaveOneOut(new double[] {5, 1, 1, 2, 6}, new int[] {2, 3}),
        1e-12);
  }

  @Test
  void theFirstOfTheBestIsTheBest() {
    assertArrayEquals(new double[] {0, 0, 1, 1, 0, 0}, GroupAdvantages.best(TWO_GROUPS, THREES));
  }

  @Test
  void aGroupOfEqualsHasNoVariance() {
    assertArrayEquals(
        new boolean[] {false, true}, GroupAdvantages.withoutVariance(TWO_GROUPS, THREES));
  }
}
