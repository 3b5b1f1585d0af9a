package org.rlaif.training.jobs;

import java.util.LinkedHashMap;
import java.util.Map;
import org.rlaif.kit.Statistics;
import org.rlaif.training.math.Preferences;

/**
 * How well scores agree with preferences. A figure over nothing is NaN, and absent from the map.
 *
 * @param accuracy share of the decided pairs (label not 0.5) whose better completion has the higher
 *     score; equal scores count half
 * @param accuracyConfident the same over pairs whose label is at least 0.2 away from 0.5
 * @param loss cross-entropy with the soft labels, in nats
 * @param margin mean score difference in favour of the better completion, over the decided pairs
 * @param correlation between the model's P(first is better) and the label
 */
record PreferenceFigures(
    double accuracy,
    double accuracyConfident,
    double loss,
    double margin,
    double correlation,
    int n,
    int decided,
    int confident) {
  private static final double CONFIDENT = 0.2;

  /**
   * @param differences scores of the first completions less those of the second
   * @param labels P(first is better)
   */
  static PreferenceFigures of(double[] differences, float[] labels) {
    double loss = 0;
    double margin = 0;
    double right = 0;
    double rightConfident = 0;
    int decided = 0;
    int confident = 0;
    double[] model = new double[labels.length];
    double[] label = new double[labels.length];
    for (int i = 0; i < labels.length; i++) {
      loss += Preferences.crossEntropy(differences[i], labels[i]);
      model[i] = Preferences.sigmoid(differences[i]);
      label[i] = labels[i];
      double lean = labels[i] - 0.5;
      if (lean == 0) {
        continue;
      }
      double towardsBetter = Math.signum(lean) * differences[i];
      double point = (1 + Math.signum(towardsBetter)) / 2;
      decided++;
      margin += towardsBetter;
      right += point;
      // Labels are fp32: 0.7f is a little less than 0.7.
      if (Math.abs(lean) >= CONFIDENT - 1e-6) {
        confident++;
        rightConfident += point;
      }
    }
    return new PreferenceFigures(
        right / decided,
        rightConfident / confident,
        loss / labels.length,
        margin / decided,
        Statistics.correlation(model, label),
        labels.length,
        decided,
        confident);
  }

  /** By their names, with accuracyLow and accuracyHigh, the 95 % interval of the accuracy. */
  Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    put(map, "accuracy", accuracy);
    if (decided > 0) {
      double[] interval = Statistics.wilson(accuracy, decided);
      map.put("accuracyLow", interval[0]);
      map.put("accuracyHigh", interval[1]);
    }
    put(map, "accuracyConfident", accuracyConfident);
    map.put("loss", loss);
    put(map, "margin", margin);
    put(map, "correlation", correlation);
    map.put("n", n);
    map.put("decided", decided);
    map.put("confident", confident);
    return map;
  }

  private static void put(Map<String, Object> map, String name, double value) {
    if (!Double.isNaN(value)) {
      map.put(name, value);
    }
  }
}
