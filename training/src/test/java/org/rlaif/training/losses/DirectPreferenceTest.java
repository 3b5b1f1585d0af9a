package org.rlaif.training.losses;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.rlaif.torch.Scope;
import org.rlaif.torch.Tensor;

class DirectPreferenceTest {
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
}
