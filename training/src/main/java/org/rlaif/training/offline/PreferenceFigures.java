package org.rlaif.training.offline;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;
import org.rlaif.kit.Interval;
import org.rlaif.kit.Statistics;
import org.rlaif.training.math.Preferences;

/**
 * How well scores agree with preferences. A figure over nothing is null.
 *
 * @param accuracy share of the decided pairs (label not 0.5) whose better completion has the higher
 *     score; equal scores count half. With its 95 % interval
 * @param accuracyConfident the same over pairs whose label is at least 0.2 away from 0.5
 * @param loss cross-entropy with the soft labels, in nats
 * @param margin mean score difference in favour of the better completion, over the decided pairs
 * @param correlation between the model's P(first is better) and the label
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record PreferenceFigures(
    @Nullable Double accuracy,
    @Nullable Double accuracyLow,
    @Nullable Double accuracyHigh,
    @Nullable Double accuracyConfident,
    double loss,
    @Nullable Double margin,
    @Nullable Double correlation,
    int n,
    int decided,
    int confident) {
  private static final double CONFIDENT = 0.2;

  /**
   * Of some pairs.
   *
   * @param differences scores of the first completions less those of the second
   * @param labels P(first is better)
   */
  public static PreferenceFigures of(double[] differences, float[] labels) {
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
    Interval interval = decided == 0 ? null : Interval.ofShare(right / decided, decided);
    return new PreferenceFigures(
        figure(right / decided),
        interval == null ? null : interval.low(),
        interval == null ? null : interval.high(),
        figure(rightConfident / confident),
        loss / labels.length,
        figure(margin / decided),
        figure(Statistics.correlation(model, label)),
        labels.length,
        decided,
        confident);
  }

  private static @Nullable Double figure(double value) {
    return Double.isNaN(value) ? null : value;
  }
}
