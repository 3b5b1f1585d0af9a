package org.rlaif.judge;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.rlaif.judge.language.Choice;
import org.rlaif.judge.language.Choices;

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
  static final Choices GRADES = Choices.grades(WORST, BEST);

  static Rating none(String why) {
    return new Rating(null, why);
  }

  /** Of what was chosen among the grades. */
  static Rating of(Choice choice) {
    List<Double> probabilities = choice.probabilities();
    if (probabilities == null) {
      return none(Objects.requireNonNull(choice.why()));
    }
    double mean = 0;
    for (int i = 0; i < probabilities.size(); i++) {
      mean += (WORST + i) * probabilities.get(i);
    }
    double middle = (WORST + BEST) / 2.0;
    return new Rating((mean - middle) / (BEST - middle), null);
  }
}
