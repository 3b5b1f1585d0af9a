package org.rlaif.judge.report;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whether a judge is right as often as it says. Its confidence is the probability of the completion
 * that it favours, from 0.5 to 1; it is right as far as people favour the same one, half where they
 * are even. Labels that are even are left out: they favour none.
 *
 * @param ece expected calibration error: the mean over all labels of the distance between
 *     confidence and share right of the label's bin (Naeini, Cooper and Hauskrecht 2015), here with
 *     ten bins of equal width over [0.5, 1]
 * @param confidence mean
 * @param right mean
 * @param bins that hold something
 */
public record Calibration(int labels, double ece, double confidence, double right, List<Bin> bins) {
  private static final int BINS = 10;

  /** Labels of confidence from here to there. */
  public record Bin(double from, double to, int labels, double confidence, double right) {}

  public Calibration {
    bins = List.copyOf(bins);
  }

  /**
   * Sums up labels.
   *
   * @param probabilities that the first is better, in the judge's eyes
   * @param truth share of people who favour the first, ties half
   * @return null if no label favours one
   */
  public static @Nullable Calibration of(double[] probabilities, double[] truth) {
    int[] n = new int[BINS];
    double[] confidence = new double[BINS];
    double[] right = new double[BINS];
    int all = 0;
    for (int i = 0; i < probabilities.length; i++) {
      double side = Opinion.side(probabilities[i]);
      if (side == 0.5) {
        continue;
      }
      double sure = Math.max(probabilities[i], 1 - probabilities[i]);
      int bin = Math.min(BINS - 1, (int) ((sure - 0.5) * 2 * BINS));
      n[bin]++;
      all++;
      confidence[bin] += sure;
      right[bin] += side == 1 ? truth[i] : 1 - truth[i];
    }
    if (all == 0) {
      return null;
    }
    double error = 0;
    double meanConfidence = 0;
    double meanRight = 0;
    List<Bin> bins = new ArrayList<>();
    for (int bin = 0; bin < BINS; bin++) {
      error += Math.abs(confidence[bin] - right[bin]) / all;
      meanConfidence += confidence[bin] / all;
      meanRight += right[bin] / all;
      if (n[bin] > 0) {
        bins.add(
            new Bin(
                0.5 + 0.5 * bin / BINS,
                0.5 + 0.5 * (bin + 1) / BINS,
                n[bin],
                confidence[bin] / n[bin],
                right[bin] / n[bin]));
      }
    }
    return new Calibration(all, error, meanConfidence, meanRight, bins);
  }
}
