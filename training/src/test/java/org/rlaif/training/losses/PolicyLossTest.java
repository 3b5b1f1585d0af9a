package org.rlaif.training.losses;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.rlaif.torch.Scope;
import org.rlaif.torch.Tensor;

class PolicyLossTest {
  private static final float LOG_1_5 = 0.4054651f;
  private static final float LOG_0_5 = -0.6931472f;

  @Test
  void byHand() {
    try (Scope scope = Scope.open()) {
      // Ratios 1.5, 0.5, 1 and advantages 2, -1, 3, clipped to 0.8 ... 1.2:
      // min(3, 2.4) + min(-0.5, -0.8) + min(3, 3) = 4.6
      PolicyLoss loss =
          PolicyLoss.clipped(
              tensor(-1 + LOG_1_5, -2 + LOG_0_5, -3), tensor(-1, -2, -3), tensor(2, -1, 3), 0.2);
      assertEquals(-4.6 / 3, loss.perToken().mean().item(), 1e-6);
      assertEquals(1, loss.ratioMean(), 1e-6);
      assertEquals(0.5, loss.ratioMin(), 1e-6);
      assertEquals(1.5, loss.ratioMax(), 1e-6);
      assertEquals(2 / 3.0, loss.clipFraction(), 1e-9);
      // ratio - 1 - log ratio: (0.0945349 + 0.1931472 + 0) / 3
      assertEquals(0.0958940, loss.approximateKl(), 1e-6);
    }
  }

  @Test
  void hugeClipRangeLeavesRatioTimesAdvantage() {
    long seed = 3;
    Random random = new Random(seed);
    float[] logprobs = new float[50];
    float[] old = new float[50];
    float[] advantages = new float[50];
    double expected = 0;
    for (int i = 0; i < 50; i++) {
      logprobs[i] = -random.nextFloat() * 3;
      old[i] = -random.nextFloat() * 3;
      advantages[i] = (float) random.nextGaussian();
      expected -= Math.exp(logprobs[i] - old[i]) * advantages[i] / 50;
    }
    try (Scope scope = Scope.open()) {
      PolicyLoss loss = PolicyLoss.clipped(tensor(logprobs), tensor(old), tensor(advantages), 1e6);
      assertEquals(expected, loss.perToken().mean().item(), 1e-5, "seed " + seed);
      assertEquals(0, loss.clipFraction());
    }
  }

  @Test
  void policyThatHasNotMovedHasRatioOne() {
    try (Scope scope = Scope.open()) {
      PolicyLoss loss =
          PolicyLoss.clipped(tensor(-1, -2), tensor(-1, -2), tensor(0.5f, -1.5f), 0.2);
      assertEquals(0.5, loss.perToken().mean().item(), 1e-7);
      assertEquals(1, loss.ratioMin());
      assertEquals(1, loss.ratioMax());
      assertEquals(0, loss.approximateKl());
    }
  }

  /**
   * Ratios 5, 5, 0.5: a bad token counts 3 times at most, a good one is clipped as ever, and where
   * the first bound is the tighter one the second changes nothing.
   */
  @Test
  void dualClipByHand() {
    try (Scope scope = Scope.open()) {
      float log5 = (float) Math.log(5);
      Tensor now = tensor(log5, log5, LOG_0_5);
      Tensor advantages = tensor(-2, 2, -1);
      PolicyLoss loss = PolicyLoss.clipped(now, tensor(0, 0, 0), advantages, 0.2, 0.2, 3.0);
      assertArrayEquals(new float[] {6, -2.4f, 0.8f}, loss.perToken().toFloats(), 1e-5f);
      PolicyLoss wide = PolicyLoss.clipped(now, tensor(0, 0, 0), advantages, 0.2, 0.2, 1e6);
      PolicyLoss without = PolicyLoss.clipped(now, tensor(0, 0, 0), advantages, 0.2);
      assertArrayEquals(without.perToken().toFloats(), wide.perToken().toFloats());
    }
  }

  @Test
  void constantsWeighAndTermsAreAdded() {
    try (Scope scope = Scope.open()) {
      PolicyLoss loss =
          PolicyLoss.clipped(tensor(-1, -2), tensor(-1, -2), tensor(3, -1), 0.2)
              .times(tensor(0.5f, 2))
              .plus(tensor(1, 10));
      assertArrayEquals(new float[] {-0.5f, 12}, loss.perToken().toFloats(), 1e-6f);
      assertEquals(1, loss.ratioMean());
    }
  }

  @Test
  void hopelessRatiosStayFinite() {
    try (Scope scope = Scope.open()) {
      PolicyLoss loss = PolicyLoss.clipped(tensor(0, -900), tensor(-900, 0), tensor(-1, -1), 0.2);
      assertTrue(Float.isFinite(loss.perToken().mean().item()));
      assertEquals(Math.exp(20), loss.ratioMax(), 1);
    }
  }

  private static Tensor tensor(float... numbers) {
    return Tensor.of(numbers, numbers.length);
  }
}
