package org.rlaif.training.math;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import org.junit.jupiter.api.Test;

class ImportanceWeightsTest {
  /** Ratios 3, 1/2 and 1, of which the first is above the cap. */
  @Test
  void byHand() {
    float[][] sampled = {{-2, -1}, {-0.5f}};
    float[][] recomputed = {{(float) (-2 + Math.log(3)), (float) (-1 - Math.log(2))}, {-0.5f}};
    ImportanceWeights found = ImportanceWeights.of(recomputed, sampled, 2);
    assertArrayEquals(new float[] {2, 0.5f}, found.weights()[0], 1e-6f);
    assertArrayEquals(new float[] {1}, found.weights()[1]);
    assertEquals(3.5 / 3, found.mean(), 1e-6);
    assertEquals(3, found.max(), 1e-6);
    assertEquals(1 / 3.0, found.truncated(), 1e-12);
  }

  /** Without a cap that cuts, tokens that one policy wrote are a sample of the other: mean f. */
  @Test
  void weighedTokensAreThoseOfTheTrainer() {
    double[] server = {0.5, 0.3, 0.2};
    double[] trainer = {0.4, 0.3, 0.3};
    long seed = 11;
    Random random = new Random(seed);
    int n = 200_000;
    float[][] sampled = new float[1][n];
    float[][] recomputed = new float[1][n];
    int[] tokens = new int[n];
    for (int i = 0; i < n; i++) {
      double u = random.nextDouble();
      tokens[i] = u < 0.5 ? 0 : u < 0.8 ? 1 : 2;
      sampled[0][i] = (float) Math.log(server[tokens[i]]);
      recomputed[0][i] = (float) Math.log(trainer[tokens[i]]);
    }
    ImportanceWeights found = ImportanceWeights.of(recomputed, sampled, 10);
    double mean = 0;
    for (int i = 0; i < n; i++) {
      mean += found.weights()[0][i] * tokens[i] / n;
    }
    assertEquals(0.3 + 2 * 0.3, mean, 0.01, "seed " + seed);
    assertEquals(0, found.truncated());
  }
}
