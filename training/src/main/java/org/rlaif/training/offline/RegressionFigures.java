package org.rlaif.training.offline;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.rlaif.kit.Prompt;
import org.rlaif.kit.Statistics;

/**
 * What came of training a reward model on ratings. All but {@code training} is of completions that
 * it has not learned from; a figure over nothing is null.
 *
 * @param correlation Pearson's, between the weighted sum of the predictions, which is the score,
 *     and that of the ratings, where none of these is missing
 * @param loss mean squared error over all attributes, each in deviations of its ratings: 1 is what
 *     their means alone would have
 * @param attributes each by itself
 * @param pairs how scores agree with ratings where a prompt has several completions without a
 *     missing rating: the better one is that with the larger weighted sum; null if there are none
 * @param training completions that were learned from
 * @param heldOut completions that were not
 * @param scoreMean of the raw scores of all training completions, as is the deviation; the weighted
 *     sum of the predictions is the raw score and the attributes' weights times their means
 * @param seconds by part
 * @param tooLong completions that were left out
 * @param unrated completions that were left out, as they have no rating of these attributes
 * @param encodedApart completions that do not begin where their prompt's tokens end
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record RegressionFigures(
    @Nullable Double correlation,
    double loss,
    SortedMap<String, Attribute> attributes,
    @Nullable PreferenceFigures pairs,
    int training,
    int heldOut,
    double scoreMean,
    double scoreStandardDeviation,
    int steps,
    long parameters,
    Map<String, Double> seconds,
    int tooLong,
    int unrated,
    int encodedApart) {

  /**
   * One attribute.
   *
   * @param weight in the score
   * @param mean of the ratings that were learned from, as is the deviation
   * @param n held-out ratings
   * @param squaredError of the predictions for them, in the mean; the ratings' own is about the
   *     square of the deviation
   * @param correlation Pearson's, between predictions and ratings
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Attribute(
      double weight,
      double mean,
      double standardDeviation,
      int n,
      @Nullable Double squaredError,
      @Nullable Double correlation) {}

  /**
   * Of each attribute.
   *
   * @param ratings one row per completion; NaN: none
   * @param predictions likewise, and none is missing
   */
  static SortedMap<String, Attribute> attributes(
      Attributes attributes, double[][] ratings, double[][] predictions) {
    var figures = new TreeMap<String, Attribute>();
    for (int i = 0; i < attributes.size(); i++) {
      int attribute = i;
      double[][] both =
          both(ratings.length, row -> predictions[row][attribute], row -> ratings[row][attribute]);
      double squares = 0;
      for (int row = 0; row < both[0].length; row++) {
        squares += (both[0][row] - both[1][row]) * (both[0][row] - both[1][row]);
      }
      figures.put(
          attributes.names().get(i),
          new Attribute(
              attributes.weights()[i],
              attributes.means()[i],
              attributes.deviations()[i],
              both[0].length,
              figure(squares / both[0].length),
              correlation(both)));
    }
    return figures;
  }

  /** Between the weighted sums. */
  static @Nullable Double correlation(
      Attributes attributes, double[][] ratings, double[][] predictions) {
    return correlation(
        both(
            ratings.length,
            row -> attributes.sum(predictions[row]),
            row -> attributes.sum(ratings[row])));
  }

  /** Of all two completions of the same prompt whose weighted sums are known. */
  static @Nullable PreferenceFigures pairs(
      Attributes attributes, List<Prompt> prompts, double[][] ratings, double[][] predictions) {
    Map<Prompt, List<Integer>> byPrompt = new LinkedHashMap<>();
    List<double[]> pairs = new ArrayList<>();
    for (int row = 0; row < ratings.length; row++) {
      double rating = attributes.sum(ratings[row]);
      if (Double.isNaN(rating)) {
        continue;
      }
      List<Integer> others = byPrompt.computeIfAbsent(prompts.get(row), any -> new ArrayList<>());
      for (int other : others) {
        double ahead = attributes.sum(ratings[other]) - rating;
        pairs.add(
            new double[] {
              attributes.sum(predictions[other]) - attributes.sum(predictions[row]),
              (1 + Math.signum(ahead)) / 2
            });
      }
      others.add(row);
    }
    float[] labels = new float[pairs.size()];
    double[] differences = new double[pairs.size()];
    for (int i = 0; i < labels.length; i++) {
      differences[i] = pairs.get(i)[0];
      labels[i] = (float) pairs.get(i)[1];
    }
    return pairs.isEmpty() ? null : PreferenceFigures.of(differences, labels);
  }

  private interface Numbers {
    double of(int row);
  }

  /** Of the rows for which both are there. */
  private static double[][] both(int rows, Numbers some, Numbers others) {
    int[] there = IntStream.range(0, rows).filter(row -> !Double.isNaN(others.of(row))).toArray();
    double[][] both = new double[2][there.length];
    for (int i = 0; i < there.length; i++) {
      both[0][i] = some.of(there[i]);
      both[1][i] = others.of(there[i]);
    }
    return both;
  }

  private static @Nullable Double correlation(double[][] both) {
    return both[0].length == 0 ? null : figure(Statistics.correlation(both[0], both[1]));
  }

  private static @Nullable Double figure(double value) {
    return Double.isNaN(value) ? null : (Double) value;
  }
}
