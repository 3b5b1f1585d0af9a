package org.rlaif.training.losses;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.rlaif.torch.Scope;
import org.rlaif.torch.Tensor;
import org.rlaif.training.math.KlEstimator;

class KlLossTest {
  private static final float LOG_2 = (float) Math.log(2);

  /** pi over the reference 1/2 and 2: d is -log 2 and log 2. */
  @Test
  void byHand() {
    try (Scope scope = Scope.open()) {
      Tensor logprobs = Tensor.of(new float[] {-1, -1}, 2);
      Tensor reference = Tensor.of(new float[] {-1 + LOG_2, -1 - LOG_2}, 2);
      float square = LOG_2 * LOG_2 / 2;
      float[] k3 = {1 - LOG_2, LOG_2 - 0.5f};
      assertArrayEquals(
          new float[] {-LOG_2, LOG_2},
          KlLoss.of(KlEstimator.K1, logprobs, reference).toFloats(),
          1e-6f);
      assertArrayEquals(
          new float[] {square, square},
          KlLoss.of(KlEstimator.K2, logprobs, reference).toFloats(),
          1e-6f);
      assertArrayEquals(k3, KlLoss.of(KlEstimator.K3, logprobs, reference).toFloats(), 1e-6f);
      assertArrayEquals(
          k3, KlLoss.straightThrough(KlEstimator.K3, logprobs, reference).toFloats(), 1e-6f);
    }
  }

  @Test
  void aLossIsWhatTheEstimatorIs() {
    try (Scope scope = Scope.open()) {
      for (float d = -3; d <= 3; d += 0.25f) {
        for (KlEstimator estimator : KlEstimator.values()) {
          Tensor loss =
              KlLoss.of(
                  estimator, Tensor.of(new float[] {d - 1}, 1), Tensor.of(new float[] {-1}, 1));
          assertEquals(estimator.of(d), loss.item(), 1e-5, estimator + " at " + d);
        }
      }
    }
  }
}
