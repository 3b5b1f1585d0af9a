package org.rlaif.training.losses;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.rlaif.torch.Scope;
import org.rlaif.torch.Tensor;

class ValueLossTest {
  @Test
  void byHand() {
    try (Scope scope = Scope.open()) {
      // Clipped values 0.7 and 2: 0.5 * mean(max(1, 1.69), max(0.25, 0.25))
      Tensor loss = ValueLoss.of(tensor(1, 2), tensor(0.5f, 2), tensor(2, 2.5f), 0.2);
      assertEquals(0.485, loss.item(), 1e-6);
    }
  }

  @Test
  void hugeClipRangeLeavesHalfTheSquaredError() {
    try (Scope scope = Scope.open()) {
      Tensor loss = ValueLoss.of(tensor(1, 2), tensor(0.5f, 2), tensor(2, 2.5f), 1e6);
      assertEquals((1 + 0.25) / 4, loss.item(), 1e-6);
    }
  }

  @Test
  void withoutAClipRangeTheErrorIsAsItIs() {
    try (Scope scope = Scope.open()) {
      Tensor loss = ValueLoss.of(tensor(1, 2), tensor(0.5f, 2), tensor(2, 2.5f), null);
      assertEquals((1 + 0.25) / 4, loss.item(), 1e-6);
    }
  }

  @Test
  void clippingNeverMakesItSmaller() {
    long seed = 5;
    Random random = new Random(seed);
    try (Scope scope = Scope.open()) {
      for (int i = 0; i < 100; i++) {
        Tensor values = tensor((float) random.nextGaussian());
        Tensor old = tensor((float) random.nextGaussian());
        Tensor returns = tensor((float) random.nextGaussian());
        float clipped = ValueLoss.of(values, old, returns, 0.2).item();
        float plain = ValueLoss.of(values, old, returns, 1e6).item();
        assertTrue(clipped >= plain - 1e-6, "seed " + seed + ", number " + i);
      }
    }
  }

  private static Tensor tensor(float... numbers) {
    return Tensor.of(numbers, numbers.length);
  }
}
