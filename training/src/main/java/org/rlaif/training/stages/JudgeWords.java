package org.rlaif.training.stages;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.rlaif.judge.JudgeConfig;
import org.rlaif.judge.RubricJudge;
import org.rlaif.training.report.ReportPart;

/** What a report says about who judged. */
final class JudgeWords {
  private JudgeWords() {}

  /** Who it is. */
  static String name(String judge) {
    return switch (judge) {
      case "gold" -> "the gold judge, who knows the facts";
      case "people" -> "people";
      default ->
          judge.startsWith("rubric:")
              ? "the rubric judge (" + judge + ", computed from the text)"
              : "the judge " + judge;
    };
  }

  /** Who compared in an evaluation. */
  static String ofEvaluation(String judge) {
    return judge.equals("gold")
        ? "The evaluation uses the gold score, which knows what the generator put into each post and"
            + " has weights of its own; no labeller and no training sees it."
        : "The evaluation uses the judge " + judge + ".";
  }

  /** How the preferences came about. */
  static List<String> ofLabels(LabelFigures figures, JudgeConfig judge) {
    List<String> sentences = new ArrayList<>();
    if (figures.isByPeople()) {
      sentences.add(
          "The preferences come from people, in the data; no judge was asked for labels.");
    } else {
      sentences.add(
          figures.judge().startsWith("rubric:")
              ? "The labels come from the rubric judge (%s): a fixed rubric computed from the text%s. No language model was asked."
                  .formatted(figures.judge(), faults(judge))
              : "The labels come from the judge " + figures.judge() + ".");
      sentences.add(
          "%s pairs were shown in both orders; %s were answered, %s were not and have no label."
              .formatted(
                  count(figures.pairs()), count(figures.answered()), count(figures.unanswered())));
      Double agree = figures.bothOrdersAgree();
      var interval = figures.bothOrdersAgreeInterval();
      if (agree != null && interval != null) { // absent if every pair was the same text twice
        sentences.add(
            "Both orders favoured the same completion in %s of the pairs (95 %%: %s)."
                .formatted(
                    ReportPart.percent(agree), ReportPart.range(interval.low(), interval.high())));
      }
      Integer hard = figures.hard();
      if (hard != null && hard > 0) {
        sentences.add(
            "%s of the labels are hard (1, 0.5 or 0): no log-probabilities came with the answers."
                .formatted(count(hard)));
      }
      List<String> remarks = figures.remarks();
      if (remarks != null) {
        remarks.forEach(each -> sentences.add("Of the judge: " + each + "."));
      }
    }
    sentences.add(
        "%s preferences are to learn from, %s were held out to measure on."
            .formatted(count(figures.train()), count(figures.heldOut())));
    return sentences;
  }

  private static String count(@Nullable Integer number) {
    return number == null ? "–" : ReportPart.count(number);
  }

  private static String faults(JudgeConfig judge) {
    boolean noise = judge.chosen() instanceof RubricJudge.Config of && of.noise() != 0;
    boolean bias = judge.chosen() instanceof RubricJudge.Config of && of.positionBias() != 0;
    return !noise && !bias
        ? ""
        : ", with "
            + (noise && bias ? "noise and position bias" : noise ? "noise" : "position bias")
            + " added on purpose";
  }
}
