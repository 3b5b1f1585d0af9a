package org.rlaif.training.math;

/** How well scores put what is wanted before what is not. */
public final class AreaUnderCurve {
  private AreaUnderCurve() {}

  /**
   * The area under the ROC curve: how probable it is that of a wanted and an unwanted one, drawn at
   * random, the wanted one has the higher score; equal scores count half. NaN if there is only one
   * kind.
   *
   * @param labels P(wanted) of each; those of 0.5 are neither
   */
  public static double of(double[] scores, double[] labels) {
    double right = 0;
    long n = 0;
    for (int i = 0; i < scores.length; i++) {
      for (int j = 0; j < scores.length && labels[i] > 0.5; j++) {
        if (labels[j] < 0.5) {
          right += (1 + Math.signum(scores[i] - scores[j])) / 2;
          n++;
        }
      }
    }
    return right / n;
  }
}
