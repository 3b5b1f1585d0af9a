package org.rlaif.training.losses;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.rlaif.torch.Scope;
import org.rlaif.torch.Tensor;

class DirectPreferenceTest {
  private static final double BETA = 0.3;

  private static double loss(float[] logprobs, float[] reference, float[] labels, double beta) {
    try (Scope scope = Scope.open()) {
      return DirectPreference.SIGMOID
          .of(
              Tensor.of(logprobs, logprobs.length),
              Tensor.of(reference, reference.length),
              Tensor.of(labels, labels.length),
              beta)
          .item();
    }
  }

  @Test
  void byHand() {
    // beta ((-3 + 4) - (-7 + 5)) = 0.1 (1 + 2) = 0.3; -log sigmoid(0.3) = log(1 + e^-0.3)
    double expected = Math.log1p(Math.exp(-0.3));
    assertEquals(
        expected, loss(new float[] {-3, -7}, new float[] {-4, -5}, new float[] {1}, 0.1), 1e-6);
    // Of two pairs the mean; the second is the first with its sides and its label turned.
    assertEquals(
        expected,
        loss(new float[] {-3, -7, -7, -3}, new float[] {-4, -5, -5, -4}, new float[] {1, 0}, 0.1),
        1e-6);
  }

  /** d = 3: max(0, 1 - 0.3), or 1 + 0.3 the other way round; (3 - 5)^2 or (3 + 5)^2. */
  @Test
  void hingeAndIpoByHand() {
    try (Scope scope = Scope.open()) {
      Tensor logprobs = Tensor.of(new float[] {-3, -7}, 2);
      Tensor reference = Tensor.of(new float[] {-4, -5}, 2);
      Tensor first = Tensor.of(new float[] {1}, 1);
      Tensor mostly = Tensor.of(new float[] {0.75f}, 1);
      assertEquals(0.7, DirectPreference.HINGE.of(logprobs, reference, first, 0.1).item(), 1e-6);
      assertEquals(
          0.75 * 0.7 + 0.25 * 1.3,
          DirectPreference.HINGE.of(logprobs, reference, mostly, 0.1).item(),
          1e-6);
      assertEquals(4, DirectPreference.IPO.of(logprobs, reference, first, 0.1).item(), 1e-5);
      assertEquals(
          0.75 * 4 + 0.25 * 64,
          DirectPreference.IPO.of(logprobs, reference, mostly, 0.1).item(),
          1e-4);
      assertEquals(0, DirectPreference.HINGE.of(logprobs, reference, first, 1).item(), 1e-7);
    }
  }

  @Test
  void whereThePolicyIsTheReferenceItIsLogTwo() {
    float[] same = {-3, -7};
    assertEquals(Math.log(2), loss(same, same, new float[] {0.8f}, 0.5), 1e-6);
  }

  /** d = 3, beta 0.1, a fifth of the labels wrong: (0.8 l(3) - 0.2 l(-3)) / 0.6. */
  @Test
  void robustByHand() {
    double right = Math.log1p(Math.exp(-0.3)); // 0.5544
    double wrong = Math.log1p(Math.exp(0.3)); // 0.8544
    assertEquals(0.554355, right, 1e-6);
    assertEquals(
        0.454355, // (0.443484 - 0.170871) / 0.6
        loss(DirectPreference.ROBUST, new float[] {1}, 0.2, 0.1),
        1e-6);
    assertEquals(
        (0.8 * wrong - 0.2 * right) / 0.6,
        loss(DirectPreference.ROBUST, new float[] {0}, 0.2, 0.1),
        1e-6);
    assertEquals(right, loss(DirectPreference.ROBUST, new float[] {1}, 0, 0.1), 1e-6);
  }

  /** What the robust loss is for: over labels turned round at its rate, it is the loss of none. */
  @Test
  void theMeanOfTheRobustLossKnowsNoFlips() {
    for (double rate : new double[] {0.05, 0.25, 0.45}) {
      double seen =
          (1 - rate) * loss(DirectPreference.ROBUST, new float[] {1}, rate, 0.7)
              + rate * loss(DirectPreference.ROBUST, new float[] {0}, rate, 0.7);
      assertEquals(loss(DirectPreference.SIGMOID, new float[] {1}, 0, 0.7), seen, 1e-5, "" + rate);
    }
    // Smoothing is undone by it.
    double smoothed = DirectPreference.SIGMOID.label(0.7, 0.2);
    assertEquals(0.62, smoothed, 1e-12);
    assertEquals(0.7, DirectPreference.ROBUST.label(smoothed, 0.2), 1e-12);
  }

  /** Of a pair with d = 3. */
  private static double loss(
      DirectPreference kind, float[] labels, double labelSmoothing, double beta) {
    try (Scope scope = Scope.open()) {
      return kind.of(
              Tensor.of(new float[] {-3, -7}, 2),
              Tensor.of(new float[] {-4, -5}, 2),
              Tensor.of(kind.labels(labels, labelSmoothing), 1),
              beta)
          .item();
    }
  }

  @Test
  void everyLossAsItsPaperHasIt() {
    long seed = 7;
    Random random = new Random(seed);
    int n = 20;
    float[] logprobs = new float[2 * n];
    float[] reference = new float[2 * n];
    float[] labels = new float[n];
    for (int i = 0; i < 2 * n; i++) {
      logprobs[i] = -40 * random.nextFloat();
      reference[i] = -40 * random.nextFloat();
    }
    for (int i = 0; i < n; i++) {
      labels[i] = random.nextFloat();
    }
    for (DirectPreference kind : DirectPreference.values()) {
      for (double wrong : new double[] {0, 0.1, 0.3}) {
        double expected = 0;
        for (int i = 0; i < n; i++) {
          double d = (double) logprobs[i] - reference[i] - logprobs[n + i] + reference[n + i];
          double q = labels[i];
          expected += (q * noisy(kind, d, wrong) + (1 - q) * noisy(kind, -d, wrong)) / n;
        }
        try (Scope scope = Scope.open()) {
          double found =
              kind.of(
                      Tensor.of(logprobs, 2 * n),
                      Tensor.of(reference, 2 * n),
                      Tensor.of(kind.labels(labels, wrong), n),
                      BETA)
                  .item();
          assertEquals(
              expected, found, 2e-6 * Math.abs(expected), kind + ", " + wrong + ", seed " + seed);
        }
      }
    }
  }

  /**
   * Of a pair whose first completion is said to be better, where a share of such words is wrong.
   */
  private static double noisy(DirectPreference kind, double d, double wrong) {
    return kind == DirectPreference.ROBUST
        ? ((1 - wrong) * plain(kind, d) - wrong * plain(kind, -d)) / (1 - 2 * wrong)
        : (1 - wrong) * plain(kind, d) + wrong * plain(kind, -d);
  }

  private static double plain(DirectPreference kind, double d) {
    return switch (kind) {
      case SIGMOID, ROBUST -> -Math.log(1 / (1 + Math.exp(-BETA * d)));
      case HINGE -> Math.max(0, 1 - BETA * d);
      case IPO -> Math.pow(d - 1 / (2 * BETA), 2);
    };
  }
}
