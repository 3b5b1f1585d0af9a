package org.rlaif.training.losses;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.rlaif.torch.Scope;
import org.rlaif.torch.Tensor;

class MaskedSquaredErrorTest {
  /** Two rows of two attributes; the second row lacks its second one. */
  @Test
  void byHand() {
    float[] predictions = {1, 2, 3, 4};
    float[] targets = {0, 4, 3.5f, 0};
    float[] mask = {1, 1, 1, 0};
    // (1 + 4 + 0.25) / 3
    assertEquals(1.75, of(predictions, targets, mask), 1e-6);
    // As a 0 it would have an error of 16.
    assertEquals(21.25 / 4, of(predictions, targets, new float[] {1, 1, 1, 1}), 1e-6);
  }

  @Test
  void isWhatPlainNumbersGive() {
    Random random = new Random(3);
    for (int trial = 0; trial < 50; trial++) {
      int n = 2 + random.nextInt(30);
      float[] predictions = new float[n];
      float[] targets = new float[n];
      float[] mask = new float[n];
      double sum = 0;
      int there = 0;
      for (int i = 0; i < n; i++) {
        predictions[i] = (float) random.nextGaussian();
        targets[i] = (float) (3 * random.nextGaussian());
        mask[i] = i == 0 || random.nextBoolean() ? 1 : 0;
        if (mask[i] == 1) {
          double error = (double) predictions[i] - targets[i];
          sum += error * error;
          there++;
        }
      }
      assertEquals(sum / there, of(predictions, targets, mask), 1e-5 * (1 + sum / there), "3");
      float before = of(predictions, targets, mask);
      for (int i = 0; i < n; i++) {
        predictions[i] += mask[i] == 0 ? 5 : 0;
      }
      assertEquals(before, of(predictions, targets, mask), "what is missing counts nothing; 3");
      assertTrue(before >= 0);
    }
  }

  private static float of(float[] predictions, float[] targets, float[] mask) {
    try (Scope scope = Scope.open()) {
      return MaskedSquaredError.of(
              Tensor.of(predictions, predictions.length),
              Tensor.of(targets, targets.length),
              Tensor.of(mask, mask.length))
          .item();
    }
  }
}
