package org.rlaif.training.labelers;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.rlaif.judge.Exemplar;
import org.rlaif.judge.Question;
import org.rlaif.judge.Rated;
import org.rlaif.kit.Candidates;
import org.rlaif.training.tldr.Facts;
import org.rlaif.training.tldr.GoldScore;

/**
 * Two completions of a post of which the gold judge likes one better.
 *
 * @param first the gold score of the first; second likewise
 */
record GoldPair(Question question, Facts facts, double first, double second) {
  private static final int BEST_GRADE = 10;

  /** What the scores of nearly all completions lie between. */
  private static final double WORST = -2;

  private static final double BEST = 5.3;

  /** Those whose gold scores differ, of the first two completions of each. */
  static List<GoldPair> of(List<Candidates> candidates, Map<String, Facts> facts) {
    List<GoldPair> pairs = new ArrayList<>();
    for (Candidates each : candidates) {
      Facts known = Objects.requireNonNull(facts.get(each.id()), "no facts of " + each.id());
      String one = each.completions().get(0);
      String other = each.completions().get(1);
      var pair =
          new GoldPair(
              new Question(each.prompt().transcript(), one, other),
              known,
              GoldScore.of(known, one),
              GoldScore.of(known, other));
      if (pair.first != pair.second) {
        pairs.add(pair);
      }
    }
    return pairs;
  }

  boolean firstIsBetter() {
    return first > second;
  }

  /** The same, shown the other way round. */
  GoldPair swapped() {
    return new GoldPair(question.swapped(), facts, second, first);
  }

  /** What the one and the other have right and wrong, and which is better. */
  String why() {
    return "1 has %s. 2 has %s. %d is better."
        .formatted(
            GoldScore.remarks(facts, question.first()),
            GoldScore.remarks(facts, question.second()),
            firstIsBetter() ? 1 : 2);
  }

  Exemplar exemplar(boolean reasoned) {
    return new Exemplar(
        question.prompt(),
        question.first(),
        question.second(),
        firstIsBetter() ? 1 : 2,
        reasoned ? why() : null);
  }

  List<Rated> rated() {
    return List.of(
        new Rated(question.prompt(), question.first()),
        new Rated(question.prompt(), question.second()));
  }

  /** Of the first and the second completion, from 1 to 10, in even steps of the score. */
  List<Integer> grades() {
    return List.of(grade(first), grade(second));
  }

  static int grade(double score) {
    double share = Math.max(0, Math.min(1, (score - WORST) / (BEST - WORST)));
    return 1 + (int) Math.round((BEST_GRADE - 1) * share);
  }
}
