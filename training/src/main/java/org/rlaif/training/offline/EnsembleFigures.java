package org.rlaif.training.offline;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.rlaif.kit.Statistics;
import org.rlaif.training.learning.Pairs;

/**
 * How well the members of an ensemble agree with preferences that they have not learned from, and
 * with each other. Each member's scores have its own mean and deviation taken out.
 *
 * @param accuracy of the mean of their scores, with its 95 % interval; null, as in {@link
 *     PreferenceFigures}, if it is over nothing
 * @param deviation of the members' scores of a completion, the mean over all; 0: they are one
 * @param members of each alone
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record EnsembleFigures(
    @Nullable Double accuracy,
    @Nullable Double accuracyLow,
    @Nullable Double accuracyHigh,
    double deviation,
    List<PreferenceFigures> members) {

  /**
   * Of some pairs.
   *
   * @param scores of each member, in the order of {@link Pairs#all}
   */
  static EnsembleFigures of(List<double[]> scores, Pairs pairs, List<PreferenceFigures> members) {
    double[] means = new double[2 * pairs.size()];
    double deviations = 0;
    for (int i = 0; i < means.length; i++) {
      int completion = i;
      double[] each = scores.stream().mapToDouble(member -> member[completion]).toArray();
      means[i] = Statistics.mean(each);
      deviations += Statistics.standardDeviation(each);
    }
    PreferenceFigures mean = PreferenceFigures.of(pairs.differences(means), pairs.labels());
    return new EnsembleFigures(
        mean.accuracy(),
        mean.accuracyLow(),
        mean.accuracyHigh(),
        deviations / means.length,
        List.copyOf(members));
  }
}
