package org.rlaif.training.losses;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import org.junit.jupiter.api.Test;
import org.rlaif.torch.Scope;
import org.rlaif.torch.Tensor;

class RankingTest {
  /**
   * Of the first group the worst is likelier than the middle one by 0.3 and than the best by 0.5,
   * and the middle one than the best by 0.2; of the second the order is right.
   */
  @Test
  void byHand() {
    try (Scope scope = Scope.open()) {
      Tensor perToken = Tensor.of(new float[] {-0.6f, -0.4f, -0.1f, -1, -2}, 5);
      float[] worths = {3, 2, 1, 7, 5};
      assertArrayEquals(
          new float[] {1, 0, 0, 0, 0},
          Ranking.of(perToken, worths, new int[] {3, 2}).toFloats(),
          1e-6f);
    }
  }

  @Test
  void whatIsWorthTheSameAsksForNothing() {
    try (Scope scope = Scope.open()) {
      Tensor perToken = Tensor.of(new float[] {-0.6f, -0.4f}, 2);
      assertArrayEquals(
          new float[] {0, 0}, Ranking.of(perToken, new float[] {4, 4}, new int[] {2}).toFloats());
    }
  }
}
