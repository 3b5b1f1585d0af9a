package org.rlaif.judge;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What a judge thinks of one completion by itself: the mean of the grades 1 to 10, each as probable
 * as the judge finds it, brought to [-1, 1] (direct RLAIF, Lee et al. 2023, arXiv 2309.00267).
 *
 * @param value from -1, surely grade 1, to 1, surely grade 10; null if the judge could not answer
 * @param why it could not; null if it could
 */
public record Rating(@Nullable Double value, @Nullable String why) {
  private static final int WORST = 1;
  private static final int BEST = 10;

  /** What a judge may answer, from the worst to the best. */
  static final List<String> GRADES =
      IntStream.rangeClosed(WORST, BEST).mapToObj(String::valueOf).toList();

  static Rating none(String why) {
    return new Rating(null, why);
  }

  /**
   * Of ten grades, in their order. Where "10" is two tokens of which "1" is the first, who says
   * "10" says "1" before: what is probable about 1 alone is P(1) less P(10).
   */
  static Rating of(List<AnswerLogprob> grades) {
    double most = grades.stream().mapToDouble(AnswerLogprob::logprob).max().orElse(Double.NaN);
    if (!Double.isFinite(most)) {
      return none("no log-probabilities of the grades");
    }
    List<Double> masses = new ArrayList<>();
    for (AnswerLogprob grade : grades) {
      double mass = Math.exp(grade.logprob() - most);
      for (AnswerLogprob other : grades) {
        mass -= grade.begins(other) ? Math.exp(other.logprob() - most) : 0;
      }
      masses.add(Math.max(0, mass)); // rounding
    }
    double all = masses.stream().mapToDouble(Double::doubleValue).sum();
    double mean = 0;
    for (int i = 0; i < masses.size(); i++) {
      mean += (WORST + i) * masses.get(i) / all;
    }
    double middle = (WORST + BEST) / 2.0;
    return new Rating((mean - middle) / (BEST - middle), null);
  }
}
