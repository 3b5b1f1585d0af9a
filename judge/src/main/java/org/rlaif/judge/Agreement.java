package org.rlaif.judge;

/** How far probabilities agree with labels that are probabilities themselves. */
public final class Agreement {
  private Agreement() {}

  /**
   * The share of pairs in which the predicted probability lies on the same side of 0.5 as the
   * label. Pairs whose label is exactly 0.5 have no better side and are left out; a prediction of
   * exactly 0.5 counts half.
   *
   * @return NaN if no label has a side
   */
  public static double accuracy(double[] predicted, double[] labels) {
    if (predicted.length != labels.length) {
      throw new IllegalArgumentException(
          "predicted: " + predicted.length + " values (expected: " + labels.length + ")");
    }
    double right = 0;
    int decided = 0;
    for (int i = 0; i < labels.length; i++) {
      double label = Math.signum(labels[i] - 0.5);
      if (label != 0) {
        double prediction = Math.signum(predicted[i] - 0.5);
        right += prediction == 0 ? 0.5 : prediction == label ? 1 : 0;
        decided++;
      }
    }
    return decided == 0 ? Double.NaN : right / decided;
  }
}
