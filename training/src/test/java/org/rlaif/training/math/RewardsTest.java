package org.rlaif.training.math;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class RewardsTest {
  private static final float[][] LOGPROBS = {{-1, -2}, {-0.5f}};
  private static final float[][] REFERENCE = {{-1.5f, -1}, {-0.5f}};
  private static final boolean[] AT_THE_LAST = {false, false};

  @Test
  void penaltyOnEveryTokenAndScoreOnTheLast() {
    // Differences 0.5, -1 and 0, times -0.1.
    double[][] penalties = Rewards.penalties(LOGPROBS, REFERENCE, KlEstimator.K1, 0.1);
    float[][] rewards = Rewards.perToken(penalties, new double[] {3, -2}, AT_THE_LAST);
    assertArrayEquals(new float[] {-0.05f, 3.1f}, rewards[0], 1e-6f);
    assertArrayEquals(new float[] {-2}, rewards[1], 1e-6f);
    // Half of 0.25 and of 1; e^-0.5 - 0.5 and e - 2.
    double[][] k2 = Rewards.penalties(LOGPROBS, REFERENCE, KlEstimator.K2, 0.1);
    assertArrayEquals(new double[] {0.0125, 0.05}, k2[0], 1e-9);
    double[][] k3 = Rewards.penalties(LOGPROBS, REFERENCE, KlEstimator.K3, 0.1);
    assertArrayEquals(new double[] {0.01065306597, 0.07182818285}, k3[0], 1e-9);
  }

  /** The first has a place for its score, where no token costs anything. */
  @Test
  void theScoreMayStandBehindTheLastToken() {
    double[][] penalties = Rewards.penalties(LOGPROBS, REFERENCE, KlEstimator.K1, 0.1);
    float[][] rewards =
        Rewards.perToken(penalties, new double[] {3, -2}, new boolean[] {true, false});
    assertArrayEquals(new float[] {-0.05f, 0.1f, 3}, rewards[0], 1e-6f);
    assertArrayEquals(new float[] {-2}, rewards[1], 1e-6f);
    double[] sums = Rewards.sums(Rewards.perToken(penalties, new double[] {3, -2}, AT_THE_LAST));
    assertArrayEquals(sums, Rewards.sums(rewards), 1e-6);
  }

  @Test
  void withoutPenaltyTheRewardsAddUpToTheScore() {
    double[][] none = Rewards.none(LOGPROBS);
    assertArrayEquals(
        new double[] {1.25, -3},
        Rewards.sums(Rewards.perToken(none, new double[] {1.25, -3}, AT_THE_LAST)),
        1e-6);
  }

  @Test
  void clippingNeverHidesAMissingEnd() {
    assertEquals(1.5, Rewards.shape(1.5, true, MissingEnd.SUBTRACT, 2, 5));
    assertEquals(5, Rewards.shape(9, true, MissingEnd.SUBTRACT, 2, 5));
    assertEquals(-5, Rewards.shape(-9, true, MissingEnd.SUBTRACT, 2, 5));
    assertEquals(3, Rewards.shape(9, false, MissingEnd.SUBTRACT, 2, 5));
    assertEquals(-7, Rewards.shape(-9, false, MissingEnd.SUBTRACT, 2, 5));
    assertEquals(-2, Rewards.shape(9, false, MissingEnd.REPLACE, 2, 5));
    assertEquals(1.5, Rewards.shape(1.5, true, MissingEnd.REPLACE, 2, 5));
    assertEquals(5, Rewards.shape(9, false, MissingEnd.NONE, 2, 5));
  }
}
