package org.rlaif.judge.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.rlaif.judge.Logistic;

class LengthFiguresTest {
  private static LengthFigures of(double[] differences, double[] sides) {
    return Objects.requireNonNull(LengthFigures.of("the judge", differences, sides));
  }

  @Test
  void theShareByHand() {
    // Longer first wins, longer second loses, longer first is even; equally long ones are left out.
    LengthFigures figures = of(new double[] {5, -5, 5, 0}, new double[] {1, 1, 0.5, 1});
    assertEquals(0.5, figures.longerWins().value(), 1e-12); // (1 + 0 + 0.5) / 3
    assertEquals(3, figures.longerWins().n());
    assertEquals(5, figures.characters(), 1e-12);
    assertEquals(0, figures.slope(), 1e-9);
    assertEquals(0.5, figures.onceLonger(), 1e-9);
  }

  @Test
  void theSlopeIsWhereTheGradientVanishes() {
    Random random = new Random(7);
    int n = 300;
    double[] differences = new double[n];
    double[] sides = new double[n];
    double squares = 0;
    for (int i = 0; i < n; i++) {
      differences[i] = 1 + Math.rint(100 * random.nextGaussian());
      sides[i] = random.nextDouble() < Logistic.sigmoid(differences[i] / 60) ? 1 : 0;
      squares += differences[i] * differences[i];
    }
    int uneven = (int) java.util.Arrays.stream(differences).filter(d -> d != 0).count();
    LengthFigures figures = of(differences, sides);
    double unit = Math.sqrt(squares / uneven);
    double gradient = figures.slope();
    for (int i = 0; i < n; i++) {
      double x = Math.tanh(differences[i] / unit);
      gradient += (Logistic.sigmoid(figures.slope() * x) - sides[i]) * x;
    }
    assertEquals(0, gradient, 1e-6);
    assertTrue(figures.slopeInterval().low() > 0.5, figures::toString);
  }

  @Test
  void whoeverAlwaysTakesTheLongerOneHasAFiniteSlope() {
    LengthFigures figures = of(new double[] {3, -4, 8}, new double[] {1, 0, 1});
    assertEquals(1, figures.longerWins().value(), 1e-12);
    assertTrue(figures.slope() > 0 && figures.slope() < 5, figures::toString);
  }

  @Test
  void equallyLongCompletionsSayNothing() {
    assertNull(LengthFigures.of("the judge", new double[] {0, 0}, new double[] {1, 0}));
  }
}
