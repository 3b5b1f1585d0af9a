package org.rlaif.serving.update;

/** How far the numbers of probes are apart: by probe, row and index, see {@link Probe}. */
final class Distance {
  private Distance() {}

  /**
   * Root mean square over all probes. Every number of a first row counts once, and so does each
   * further row, a whole distribution, by its own mean square.
   */
  static double rootMeanSquare(float[][][] some, float[][][] others) {
    double sum = 0;
    int count = 0;
    for (int i = 0; i < some.length; i++) {
      for (int row = 0; row < some[i].length; row++) {
        double squares = squares(some[i][row], others[i][row]);
        sum += row == 0 ? squares : squares / some[i][row].length;
        count += row == 0 ? some[i][row].length : 1;
      }
    }
    return Math.sqrt(sum / count);
  }

  private static double squares(float[] some, float[] others) {
    double sum = 0;
    for (int i = 0; i < some.length; i++) {
      double difference = (double) some[i] - others[i];
      sum += difference * difference;
    }
    return sum;
  }

  /** The largest absolute difference in first rows. */
  static float largest(float[][][] some, float[][][] others) {
    float largest = 0;
    for (int i = 0; i < some.length; i++) {
      for (int t = 0; t < some[i][0].length; t++) {
        largest = Math.max(largest, Math.abs(some[i][0][t] - others[i][0][t])); // NaN stays
      }
    }
    return largest;
  }

  /** numbers - from + to. */
  static float[][][] moved(float[][][] numbers, float[][][] from, float[][][] to) {
    var moved = new float[numbers.length][][];
    for (int i = 0; i < moved.length; i++) {
      moved[i] = new float[numbers[i].length][];
      for (int row = 0; row < moved[i].length; row++) {
        moved[i][row] = new float[numbers[i][row].length];
        for (int t = 0; t < moved[i][row].length; t++) {
          moved[i][row][t] = numbers[i][row][t] - from[i][row][t] + to[i][row][t];
        }
      }
    }
    return moved;
  }
}
