package org.rlaif.training.offline;

import java.util.List;
import java.util.SortedMap;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.rlaif.kit.Statistics;
import org.rlaif.kit.UserError;

/**
 * What a reward model learns by regression. Each attribute's ratings are standardised, so that none
 * outweighs the others by its scale, and a head without a bias does for all of them: with z the
 * head's output, the prediction is mean + deviation z, and the weighted sum of the predictions is
 *
 * <pre>
 * sum(w mean) + sum(w deviation z)
 * </pre>
 *
 * of which the second part is linear in the hidden state: one head.
 *
 * @param names in the order of the head's scores
 * @param weights w, on the scale of the ratings
 * @param means of the ratings that are learned from
 * @param deviations likewise
 */
@SuppressWarnings("ArrayRecordComponent") // plain numbers, never compared as records
record Attributes(List<String> names, double[] weights, double[] means, double[] deviations) {

  /**
   * Of ratings to learn from; an attribute that nobody has rated, or all alike, is refused.
   *
   * @param ratings one row per completion, an attribute each; NaN: none
   */
  static Attributes of(SortedMap<String, Double> weights, double[][] ratings) {
    List<String> names = List.copyOf(weights.keySet());
    double[] means = new double[names.size()];
    double[] deviations = new double[names.size()];
    for (int i = 0; i < means.length; i++) {
      double[] rated = column(ratings, i);
      String place = "reward: ratings of " + names.get(i);
      UserError.require(rated.length > 0, place, "none to learn from", "at least 2");
      means[i] = Statistics.mean(rated);
      deviations[i] = Statistics.standardDeviation(rated);
      UserError.require(
          deviations[i] > 0, place, "all " + rated[0], "some that differ, to learn from");
    }
    return new Attributes(names, weighted(weights), means, deviations);
  }

  private static double[] weighted(SortedMap<String, Double> weights) {
    return weights.values().stream().mapToDouble(Double::doubleValue).toArray();
  }

  /** What is there of one attribute. */
  static double[] column(double[][] ratings, int attribute) {
    return DoubleStream.of(Stream.of(ratings).mapToDouble(each -> each[attribute]).toArray())
        .filter(rating -> !Double.isNaN(rating))
        .toArray();
  }

  int size() {
    return names.size();
  }

  /** What the head learns: the distance from the mean, in deviations. */
  double standardised(int attribute, double rating) {
    return (rating - means[attribute]) / deviations[attribute];
  }

  /** On the scale of the ratings, of the head's scores for one completion. */
  double[] predictions(double[] scores) {
    double[] predictions = new double[size()];
    for (int i = 0; i < predictions.length; i++) {
      predictions[i] = means[i] + deviations[i] * scores[i];
    }
    return predictions;
  }

  /**
   * The sum of ratings or predictions, each times its weight; NaN if one that counts is missing.
   */
  double sum(double[] values) {
    double sum = 0;
    for (int i = 0; i < values.length; i++) {
      sum += weights[i] == 0 ? 0 : weights[i] * values[i];
    }
    return sum;
  }

  /** What each of the head's scores counts in the one that is left. */
  double[] shares() {
    double[] shares = new double[size()];
    for (int i = 0; i < shares.length; i++) {
      shares[i] = weights[i] * deviations[i];
    }
    return shares;
  }
}
