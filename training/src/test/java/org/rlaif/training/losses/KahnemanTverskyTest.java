package org.rlaif.training.losses;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.rlaif.torch.Scope;
import org.rlaif.torch.Tensor;

class KahnemanTverskyTest {
  private static double loss(
      float[] logprobs, float[] reference, float[] labels, double point, double beta) {
    return loss(logprobs, reference, labels, point, beta, 1, 1);
  }

  private static double loss(
      float[] logprobs,
      float[] reference,
      float[] labels,
      double point,
      double beta,
      double desirable,
      double undesirable) {
    try (Scope scope = Scope.open()) {
      int n = labels.length;
      return KahnemanTversky.of(
              Tensor.of(logprobs, n),
              Tensor.of(reference, n),
              Tensor.of(labels, n),
              point,
              beta,
              desirable,
              undesirable)
          .item();
    }
  }

  /** r = -3 + 6 = 3, z = 1, beta 0.5: 1 - sigmoid(1) if wanted, 1 - sigmoid(-1) if not. */
  @Test
  void byHand() {
    float[] now = {-3};
    float[] before = {-6};
    assertEquals(0.268941, loss(now, before, new float[] {1}, 1, 0.5), 1e-6);
    assertEquals(0.731059, loss(now, before, new float[] {0}, 1, 0.5), 1e-6);
    assertEquals(2 * 0.268941, loss(now, before, new float[] {1}, 1, 0.5, 2, 7), 1e-6);
    // A soft label: 0.75 * 2 * 0.268941 + 0.25 * 7 * 0.731059
    assertEquals(1.682765, loss(now, before, new float[] {0.75f}, 1, 0.5, 2, 7), 1e-5);
  }

  @Test
  void whereThePolicyIsTheReferenceItIsAHalf() {
    float[] same = {-3, -7, -1};
    assertEquals(0.5, loss(same, same, new float[] {1, 0, 0.3f}, 0, 0.7), 1e-6);
  }

  /** Far ahead of the reference point there is no more to gain, far behind no more to lose. */
  @Test
  void valueFlattensOut() {
    double near = slope(0);
    assertTrue(slope(20) < near / 10, slope(20) + ", " + near);
    assertTrue(slope(-20) < near / 10, slope(-20) + ", " + near);
  }

  private static double slope(float ratio) {
    float[] zero = {0};
    float[] label = {1};
    return loss(new float[] {ratio - 0.5f}, zero, label, 0, 0.5)
        - loss(new float[] {ratio + 0.5f}, zero, label, 0, 0.5);
  }

  @Test
  void asThePaperHasIt() {
    long seed = 5;
    Random random = new Random(seed);
    int n = 30;
    float[] logprobs = new float[n];
    float[] reference = new float[n];
    float[] labels = new float[n];
    double expected = 0;
    for (int i = 0; i < n; i++) {
      logprobs[i] = -30 * random.nextFloat();
      reference[i] = -30 * random.nextFloat();
      labels[i] = i % 3 == 0 ? 1 : i % 3 == 1 ? 0 : random.nextFloat();
      double r = (double) logprobs[i] - reference[i];
      double wanted = 1.3 - 1.3 / (1 + Math.exp(-0.2 * (r - 2)));
      double unwanted = 0.8 - 0.8 / (1 + Math.exp(-0.2 * (2 - r)));
      expected += (labels[i] * wanted + (1 - labels[i]) * unwanted) / n;
    }
    assertEquals(
        expected, loss(logprobs, reference, labels, 2, 0.2, 1.3, 0.8), 1e-6, "seed " + seed);
  }
}
