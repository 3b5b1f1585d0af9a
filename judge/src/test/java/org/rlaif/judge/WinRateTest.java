package org.rlaif.judge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.rlaif.kit.Bootstrap;
import org.rlaif.kit.Json;

class WinRateTest {
  private static List<Outcome> outcomes(int wins, int ties, int losses) {
    List<Outcome> outcomes = new ArrayList<>(Collections.nCopies(wins, new Outcome(0.9, 0)));
    outcomes.addAll(Collections.nCopies(ties, new Outcome(0.5, 0)));
    outcomes.addAll(Collections.nCopies(losses, new Outcome(0.2, 0)));
    return outcomes;
  }

  @Test
  void wilsonsIntervalOfSixtyInAHundred() {
    // z = 1.96: centre (0.6 + 0.019207) / 1.038415 = 0.596300, half 1.887459 * 0.049960 = 0.094298.
    WinRate rate = WinRate.of(outcomes(60, 0, 40));
    assertEquals(0.6, rate.value(), 1e-12);
    assertEquals(0.502002, rate.low(), 1e-5);
    assertEquals(0.690598, rate.high(), 1e-5);
    assertEquals(100, rate.n());
  }

  @Test
  void tiesCountHalf() {
    WinRate rate = WinRate.of(outcomes(5, 2, 3));
    assertEquals(0.6, rate.value(), 1e-12); // (5 + 1) / 10
    assertEquals(2, rate.ties());
    assertEquals(10, rate.n());
  }

  @Test
  void theIntervalHoldsTheValueAndStaysWithinBounds() {
    for (int wins = 0; wins <= 20; wins++) {
      WinRate rate = WinRate.of(outcomes(wins, 0, 20 - wins));
      assertTrue(rate.low() >= 0 && rate.low() <= rate.value() + 1e-12, rate::toString);
      assertTrue(rate.high() <= 1 && rate.high() >= rate.value() - 1e-12, rate::toString);
      WinRate mirrored = WinRate.of(outcomes(20 - wins, 0, wins));
      assertEquals(1 - rate.low(), mirrored.high(), 1e-12);
    }
  }

  @Test
  void theRegressionByHand() {
    // Two groups: 0.8 of the outcomes at x = 1, 0.6 at x = -1. A line goes through both logits,
    // 1.386294 and 0.405465: intercept 0.895880, slope 0.490415.
    double[] x = {1, 1, 1, 1, 1, -1, -1, -1, -1, -1};
    double[] y = {1, 1, 1, 1, 0, 1, 1, 1, 0, 0};
    Logistic.Line line = Logistic.fit(x, y, 0);
    assertEquals(0.895880, line.intercept(), 1e-6);
    assertEquals(0.490415, line.slope(), 1e-6);
  }

  @Test
  void thePenaltyIsOnTheSlopeAlone() {
    double[] x = {2, 1, -1, -2, 3};
    double[] y = {1, 0, 1, 0, 1};
    Logistic.Line line = Logistic.fit(x, y, 1e9);
    assertEquals(0, line.slope(), 1e-6);
    assertEquals(Math.log(3.0 / 2), line.intercept(), 1e-6); // logit of 3 in 5
  }

  @Test
  void thePenalisedGradientVanishes() {
    Random random = new Random(17);
    for (int run = 0; run < 200; run++) {
      int n = 2 + random.nextInt(60);
      double[] x = new double[n];
      double[] y = new double[n];
      double tilt = 20 * random.nextGaussian();
      for (int i = 0; i < n; i++) {
        x[i] = Math.tanh(random.nextGaussian());
        y[i] = tilt * x[i] + random.nextGaussian() > 0 ? 1 : 0;
      }
      y[0] = 1;
      y[1] = 0;
      Logistic.Line line = Logistic.fit(x, y, 1);
      double gradient0 = 0;
      double gradient1 = line.slope();
      for (int i = 0; i < n; i++) {
        double p = 1 / (1 + Math.exp(-line.intercept() - line.slope() * x[i]));
        gradient0 += p - y[i];
        gradient1 += (p - y[i]) * x[i];
      }
      assertEquals(0, gradient0, 1e-7, "run " + run);
      assertEquals(0, gradient1, 1e-7, "run " + run);
    }
  }

  @Test
  void whatLengthAloneWinsIsTakenOut() {
    // The longer one wins, whoever wrote it; the policy writes longer in 3 of 4.
    List<Outcome> outcomes = new ArrayList<>();
    Random random = new Random(23);
    for (int i = 0; i < 2000; i++) {
      double difference = (i % 4 == 0 ? -1 : 1) * (20 + 10 * random.nextDouble());
      outcomes.add(new Outcome(difference > 0 == random.nextDouble() < 0.9 ? 1 : 0, difference));
    }
    WinRate rate = WinRate.of(outcomes);
    assertTrue(rate.value() > 0.65, rate::toString);
    assertEquals(0.5, rate.lengthControlled(), 0.04, rate::toString);
  }

  @Test
  void whereLengthPlaysNoPartBothFiguresAgree() {
    List<Outcome> outcomes = new ArrayList<>();
    Random random = new Random(29);
    for (int i = 0; i < 2000; i++) {
      outcomes.add(new Outcome(i % 10 < 7 ? 1 : 0, random.nextGaussian()));
    }
    assertEquals(0.7, WinRate.of(outcomes).lengthControlled(), 0.01);
  }

  @Test
  void withoutVariationThereIsNothingToControl() {
    assertEquals(0.6, WinRate.of(outcomes(6, 0, 4)).lengthControlled(), 1e-12);
    List<Outcome> allWon = List.of(new Outcome(1, 3), new Outcome(0.8, -5));
    assertEquals(1, WinRate.of(allWon).lengthControlled(), 1e-12);
  }

  @Test
  void scoresBecomeOutcomes() {
    assertEquals(new Outcome(1, 2), Outcome.ofScores(3, 2, "abcd", "ab"));
    assertEquals(new Outcome(0.5, -1), Outcome.ofScores(2, 2, "a", "ab"));
    assertEquals(new Outcome(0, 0), Outcome.ofScores(-1, 2, "a", "b"));
  }

  @Test
  void nothingToSumUpIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> WinRate.of(List.of()));
  }

  @Test
  void aBootstrapSeesThatTiesAreNoLosses() {
    Bootstrap bootstrap = new Bootstrap(1000, 1);
    WinRate ties = WinRate.of(outcomes(0, 100, 0), 0, bootstrap);
    assertEquals(0.5, ties.low());
    assertEquals(0.5, ties.high());
    WinRate rate = WinRate.of(outcomes(60, 0, 40), 0, bootstrap);
    assertEquals(0.504, rate.low(), 0.02); // 0.6 - 1.96 * sqrt(0.24 / 100)
    assertEquals(0.696, rate.high(), 0.02);
    assertEquals(rate, WinRate.of(outcomes(60, 0, 40), 0, bootstrap));
  }

  @Test
  void whatWasNotAnsweredIsShownAndCountsNowhere() {
    WinRate rate = WinRate.of(outcomes(3, 0, 1), 2, /* bootstrap= */ null);
    assertEquals(0.75, rate.value(), 1e-12);
    assertEquals(4, rate.n());
    assertEquals("4 compared, 0 ties, 2 not answered", rate.counts());
  }

  @Test
  void thoseOfEarlierRunsAreRead() throws Exception {
    String earlier =
        "{\"value\":0.5,\"low\":0.4,\"high\":0.6,\"lengthControlled\":0.5,\"ties\":1,\"n\":8}";
    WinRate rate = Json.MAPPER.readValue(earlier, WinRate.class);
    assertEquals(new WinRate(0.5, 0.4, 0.6, 0.5, 1, 8), rate);
    assertEquals(rate, Json.MAPPER.readValue(Json.MAPPER.writeValueAsString(rate), WinRate.class));
  }
}
