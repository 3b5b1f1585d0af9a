package org.rlaif.judge;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.rlaif.kit.Bootstrap;
import org.rlaif.kit.Interval;

/**
 * How two sets of completions of the same prompts compare in a judge's eyes.
 *
 * @param winRate of the completions that stand first in the questions
 * @param unanswered questions the judge could not answer in both orders; not in the win rate
 * @param hard comparisons of which a text alone is known, see {@link LabelReport#hard}
 * @param remarks see {@link LabelReport#remarks}
 * @param positionBias as {@link LabelReport#positionBiasBefore}; both orders have taken it out
 * @param positionBiasInterval where that may lie by chance; null for fewer than 3 pairs asked
 */
public record Comparison(
    WinRate winRate,
    int unanswered,
    int hard,
    List<String> remarks,
    @Nullable Double positionBias,
    @Nullable Interval positionBiasInterval) {
  public Comparison {
    remarks = List.copyOf(remarks);
  }

  /** Such as {@code position bias +0.050 (95 %: -0.310 to +0.410)}. */
  public String positionBiasLine() {
    return LabelReport.positionBias(positionBias, positionBiasInterval);
  }

  /** What makes it worse than it seems, a line each. */
  public List<String> warnings() {
    return LabelReport.warnings(hard, winRate.n(), remarks);
  }

  /**
   * How probable it is of each question, in the judge's eyes, that the first completion is the
   * better one, both orders averaged; null where it has not answered.
   */
  public static List<@Nullable Double> probabilities(Judge judge, List<Question> questions) {
    List<@Nullable Double> probabilities = new ArrayList<>(questions.size());
    verdicts(judge, questions).forEach(verdict -> probabilities.add(verdict.probabilityFirst()));
    return probabilities;
  }

  /**
   * Asks the judge about every question, in both orders; in their order.
   *
   * @throws org.rlaif.kit.UserError if it answered nothing at all
   */
  public static List<Verdict> verdicts(Judge judge, List<Question> questions) {
    return Labeler.verdicts(judge, questions, "compare");
  }

  /** Asks the judge about every question, in both orders. */
  public static Comparison of(Judge judge, List<Question> questions) {
    return of(judge, questions, verdicts(judge, questions), /* bootstrap= */ null);
  }

  /**
   * Sums up what the judge has said.
   *
   * @param bootstrap for the interval of the win rate; null: it is Wilson's
   */
  public static Comparison of(
      Judge judge,
      List<Question> questions,
      List<Verdict> verdicts,
      @Nullable Bootstrap bootstrap) {
    List<Outcome> outcomes = new ArrayList<>(verdicts.size());
    for (int i = 0; i < verdicts.size(); i++) {
      Double probability = verdicts.get(i).probabilityFirst();
      if (probability != null) {
        Question question = questions.get(i);
        outcomes.add(Outcome.of(probability, question.first(), question.second()));
      }
    }
    LabelReport report = LabelReport.of(judge, verdicts, /* agreement= */ null);
    return new Comparison(
        WinRate.of(outcomes, report.unanswered(), bootstrap),
        report.unanswered(),
        report.hard(),
        report.remarks(),
        report.positionBiasBefore(),
        report.positionBiasInterval());
  }
}
