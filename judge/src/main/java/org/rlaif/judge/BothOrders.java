package org.rlaif.judge;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Asks every question in both orders and takes the mean of the two distributions, which cancels
 * what a judge adds for a position (Lee et al. 2023, arXiv 2309.00267, section 2.1). The mean is of
 * probabilities that already sum to 1 in each order, never of what was left of them.
 */
public final class BothOrders {
  private BothOrders() {}

  /**
   * One verdict for each question, in their order. Two completions that are the same text are
   * exactly even, and the judge is not asked.
   */
  public static List<Verdict> compareAll(Judge judge, List<Question> questions) {
    List<Question> asked = asked(judge, questions);
    List<Answer> answers = judge.askAll(asked);
    if (answers.size() != asked.size()) {
      throw new IllegalStateException(
          judge.name() + ": " + answers.size() + " answers (expected: " + asked.size() + ")");
    }
    List<Verdict> verdicts = new ArrayList<>(questions.size());
    int next = 0;
    for (Question question : questions) {
      if (isSame(question)) {
        verdicts.add(new Verdict(0.5, null, null, false, null));
      } else if (!judge.mindsTheOrder()) {
        Answer answer = answers.get(next++);
        Double first = answer.probabilityFirst();
        verdicts.add(new Verdict(first, first, first, answer.hard(), answer.rationale()));
      } else {
        verdicts.add(mean(answers.get(next), answers.get(next + 1)));
        next += 2;
      }
    }
    return verdicts;
  }

  /** What a judge is asked about these questions: each in both orders, if it minds. */
  static List<Question> asked(Judge judge, List<Question> questions) {
    List<Question> asked = new ArrayList<>(2 * questions.size());
    for (Question question : questions) {
      if (!isSame(question)) {
        asked.add(question);
        if (judge.mindsTheOrder()) {
          asked.add(question.swapped());
        }
      }
    }
    return asked;
  }

  /**
   * The mean of both orders. {@code p + (1 - p)} is exactly 1 in floating point for every {@code p}
   * in [0, 1], so a judge that only looks at the position gives exactly 0.5.
   */
  private static Verdict mean(Answer asGiven, Answer swapped) {
    @Nullable Double forward = asGiven.probabilityFirst();
    @Nullable Double shownSecond = swapped.probabilityFirst();
    @Nullable Double reversed = shownSecond == null ? null : Double.valueOf(1 - shownSecond);
    if (forward == null || reversed == null) {
      return new Verdict(
          null,
          forward,
          reversed,
          false,
          forward == null ? asGiven.rationale() : swapped.rationale());
    }
    boolean hard = asGiven.hard() || swapped.hard();
    return new Verdict((forward + reversed) / 2, forward, reversed, hard, asGiven.rationale());
  }

  private static boolean isSame(Question question) {
    return question.first().equals(question.second());
  }
}
