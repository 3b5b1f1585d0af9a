package org.rlaif.judge.language;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a language model has chosen among {@link Choices}.
 *
 * @param probabilities of each answer, in their order, which sum to 1; null: it chose none
 * @param hard whether they are 1 and 0 because only a text was read, and nothing told how sure it
 *     is
 * @param why it chose none; null if it did
 * @param isFinal whether it would say the same when asked another day; if not, it is not kept
 */
public record Choice(
    @Nullable List<Double> probabilities, boolean hard, @Nullable String why, boolean isFinal) {
  public Choice {
    probabilities = probabilities == null ? null : List.copyOf(probabilities);
  }

  static Choice none(String why) {
    return new Choice(null, false, why, true);
  }

  /** The question was not answered: asked another day, it may be. */
  static Choice refused(String why) {
    return new Choice(null, false, why, false);
  }

  /** Surely one of several. */
  static Choice hard(int index, int answers) {
    List<Double> probabilities = new ArrayList<>(Collections.nCopies(answers, 0.0));
    probabilities.set(index, 1.0);
    return new Choice(probabilities, true, null, true);
  }

  /** As probable as these masses are, each at least 0, brought to 1; null if all are 0. */
  static @Nullable Choice of(List<Double> masses) {
    double all = masses.stream().mapToDouble(Double::doubleValue).sum();
    return all > 0
        ? new Choice(masses.stream().map(each -> each / all).toList(), false, null, true)
        : null;
  }

  /**
   * Softmax over exactly these answers (Lee et al. 2023, arXiv 2309.00267, section 2.1). Where "10"
   * is two tokens of which "1" is the first, who says "10" says "1" before: what is probable about
   * 1 alone is P(1) less P(10).
   */
  public static Choice ofLogprobs(List<AnswerLogprob> answers) {
    if (answers.stream().anyMatch(each -> Double.isNaN(each.logprob()))) {
      return none("no log-probabilities of the answers");
    }
    double most = answers.stream().mapToDouble(AnswerLogprob::logprob).max().orElse(Double.NaN);
    if (!Double.isFinite(most)) {
      return none("no log-probabilities of the answers");
    }
    List<Double> masses = new ArrayList<>(answers.size());
    for (AnswerLogprob answer : answers) {
      double mass = Math.exp(answer.logprob() - most);
      for (AnswerLogprob other : answers) {
        mass -= answer.begins(other) ? Math.exp(other.logprob() - most) : 0;
      }
      masses.add(Math.max(0, mass)); // rounding
    }
    Choice choice = of(masses);
    return choice == null ? none("no log-probabilities of the answers") : choice;
  }
}
