package org.rlaif.training.losses;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.rlaif.torch.Scope;
import org.rlaif.torch.Tensor;

/** Two completions, of one token and of three. */
class AveragingTest {
  private static final int[] LENGTHS = {1, 3};
  private static final float[] LOSSES = {6, 1, 2, 3};

  private static double of(Averaging averaging) {
    try (Scope scope = Scope.open()) {
      return averaging.of(Tensor.of(LOSSES, 4), LENGTHS).item();
    }
  }

  @Test
  void byHand() {
    assertEquals(12 / 4.0, of(Averaging.overTokens()), 1e-6);
    // Of GRPO: (6 + (1 + 2 + 3) / 3) / 2.
    assertEquals((6 + 2) / 2.0, of(Averaging.overSequences(length -> 1.0 / length)), 1e-6);
    // Of dr_grpo with at most 4 tokens: (6 + 6) / 4 / 2.
    assertEquals(12 / 4.0 / 2, of(Averaging.overSequences(length -> 1.0 / 4)), 1e-6);
    // Of rloo: the mean of the sums.
    assertEquals((6 + 6) / 2.0, of(Averaging.overSequences(length -> 1)), 1e-6);
  }

  @Test
  void partsWeighedByTheirSharesAreTheWhole() {
    for (Averaging averaging :
        new Averaging[] {
          Averaging.overTokens(),
          Averaging.overSequences(length -> 1.0 / length),
          Averaging.overSequences(length -> 1)
        }) {
      try (Scope scope = Scope.open()) {
        double first = averaging.of(Tensor.of(new float[] {6}, 1), new int[] {1}).item();
        double second = averaging.of(Tensor.of(new float[] {1, 2, 3}, 3), new int[] {3}).item();
        double sum =
            averaging.share(new int[] {1}, LENGTHS) * first
                + averaging.share(new int[] {3}, LENGTHS) * second;
        assertEquals(of(averaging), sum, 1e-6);
      }
    }
  }
}
