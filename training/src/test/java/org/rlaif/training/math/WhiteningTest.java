package org.rlaif.training.math;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.rlaif.kit.Statistics;

class WhiteningTest {
  // Mean 3; biased variance (4 + 1 + 0 + 9) / 4 = 3.5, whose root is 1.8708287.
  private static final float[][] ROWS = {{1, 2}, {3}, {6}};

  @Test
  void whitenCentres() {
    float[][] white = Whitening.whiten(ROWS);
    assertArrayEquals(new float[] {-1.0690450f, -0.5345225f}, white[0], 1e-6f);
    assertArrayEquals(new float[] {0}, white[1], 1e-6f);
    assertArrayEquals(new float[] {1.6035675f}, white[2], 1e-6f);
  }

  @Test
  void rescaleKeepsTheMean() {
    float[][] rescaled = Whitening.rescale(ROWS);
    assertArrayEquals(new float[] {1.93096f, 2.46548f}, rescaled[0], 1e-5f);
    assertArrayEquals(new float[] {3}, rescaled[1], 1e-6f);
    assertArrayEquals(new float[] {4.60357f}, rescaled[2], 1e-5f);
  }

  @Test
  void wholeBatchHasMeanZeroAndVarianceOne() {
    long seed = 11;
    Random random = new Random(seed);
    float[][] rows = new float[30][];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = new float[random.nextInt(12)];
      for (int t = 0; t < rows[i].length; t++) {
        rows[i][t] = (float) (40 + 3 * random.nextGaussian());
      }
    }
    float[] white = Ragged.flat(Whitening.whiten(rows));
    assertEquals(0, Statistics.mean(white), 1e-5, "seed " + seed);
    assertEquals(1, Statistics.variance(white), 1e-5, "seed " + seed);
    float[] rescaled = Ragged.flat(Whitening.rescale(rows));
    assertEquals(Statistics.mean(Ragged.flat(rows)), Statistics.mean(rescaled), 1e-4);
    assertEquals(1, Statistics.variance(rescaled), 1e-5, "seed " + seed);
  }

  @Test
  void equalNumbersBecomeZeros() {
    assertArrayEquals(new float[] {0, 0}, Whitening.whiten(new float[][] {{2, 2}, {2}})[0]);
  }
}
