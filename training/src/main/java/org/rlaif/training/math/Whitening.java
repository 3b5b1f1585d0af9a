package org.rlaif.training.math;

import org.rlaif.kit.Statistics;

/**
 * Brings numbers to variance 1, over all real tokens of a batch together: whitening each sequence
 * for itself would erase which sequence was the better one. The variance is the biased one (divided
 * by N), as in Ziegler et al. 2019: the batch is the whole population.
 */
public final class Whitening {
  /** Keeps a batch of equal numbers finite. */
  private static final double EPSILON = 1e-8;

  private Whitening() {}

  /** Mean 0 and variance 1. */
  public static float[][] whiten(float[][] rows) {
    return transform(rows, 0);
  }

  /** Variance 1; the mean stays where it was. */
  public static float[][] rescale(float[][] rows) {
    return transform(rows, Statistics.mean(Ragged.flat(rows)));
  }

  private static float[][] transform(float[][] rows, double newMean) {
    float[] all = Ragged.flat(rows);
    double mean = Statistics.mean(all);
    double factor = 1 / Math.sqrt(Statistics.variance(all) + EPSILON);
    float[][] result = Ragged.like(rows);
    for (int row = 0; row < rows.length; row++) {
      for (int t = 0; t < rows[row].length; t++) {
        result[row][t] = (float) ((rows[row][t] - mean) * factor + newMean);
      }
    }
    return result;
  }
}
