package org.rlaif.training.losses;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.rlaif.torch.Scope;
import org.rlaif.torch.Tensor;

class BetterCompletionTest {
  private static double nll(float[] logprobs, int[] lengths, float[] labels) {
    try (Scope scope = Scope.open()) {
      return BetterCompletion.negativeLogLikelihood(
              Tensor.of(logprobs, logprobs.length), lengths, labels)
          .item();
    }
  }

  @Test
  void byHand() {
    // -(-6) / 3 tokens; the other side is none of its business.
    assertEquals(2, nll(new float[] {-6, -5}, new int[] {3, 1}, new float[] {0.9f}), 1e-6);
    assertEquals(5, nll(new float[] {-6, -5}, new int[] {3, 1}, new float[] {0}), 1e-6);
    // Even: half of each. Two pairs: the mean, (2 + 3) / 2.
    assertEquals(3.5, nll(new float[] {-6, -5}, new int[] {3, 1}, new float[] {0.5f}), 1e-6);
    assertEquals(
        2.5,
        nll(new float[] {-6, -9, -5, -6}, new int[] {3, 3, 1, 2}, new float[] {1, 0.2f}),
        1e-6);
  }

  @Test
  void turningPairsRoundChangesNothing() {
    long seed = 3;
    Random random = new Random(seed);
    int n = 8;
    float[] logprobs = new float[2 * n];
    float[] turned = new float[2 * n];
    int[] lengths = new int[2 * n];
    int[] turnedLengths = new int[2 * n];
    float[] labels = new float[n];
    float[] turnedLabels = new float[n];
    double expected = 0;
    for (int i = 0; i < n; i++) {
      labels[i] = random.nextInt(5) / 4f;
      turnedLabels[i] = 1 - labels[i];
      for (int side = 0; side < 2; side++) {
        int row = i + side * n;
        logprobs[row] = -30 * random.nextFloat();
        lengths[row] = 1 + random.nextInt(9);
        turned[i + (1 - side) * n] = logprobs[row];
        turnedLengths[i + (1 - side) * n] = lengths[row];
        double label = side == 0 ? labels[i] : turnedLabels[i];
        double counts = label > 0.5 ? 1 : label < 0.5 ? 0 : 0.5;
        expected -= counts * logprobs[row] / lengths[row] / n;
      }
    }
    assertEquals(expected, nll(logprobs, lengths, labels), 1e-5, "seed " + seed);
    assertEquals(expected, nll(turned, turnedLengths, turnedLabels), 1e-5, "seed " + seed);
  }
}
