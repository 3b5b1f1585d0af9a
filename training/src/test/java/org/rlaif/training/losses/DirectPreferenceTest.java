package org.rlaif.training.losses;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.rlaif.torch.Scope;
import org.rlaif.torch.Tensor;

class DirectPreferenceTest {
  private static double loss(float[] logprobs, float[] reference, float[] labels, double beta) {
    try (Scope scope = Scope.open()) {
      return DirectPreference.of(
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

  @Test
  void whereThePolicyIsTheReferenceItIsLogTwo() {
    float[] same = {-3, -7};
    assertEquals(Math.log(2), loss(same, same, new float[] {0.8f}, 0.5), 1e-6);
  }
}
