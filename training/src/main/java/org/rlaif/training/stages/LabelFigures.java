package org.rlaif.training.stages;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.rlaif.judge.LabelReport;
import org.rlaif.kit.Interval;

/**
 * Who labelled, how well, and how much: the judge's {@link LabelReport} where one was asked, else
 * null.
 *
 * @param judge its name, or people
 * @param train preferences to learn from
 * @param heldOut preferences to measure on
 * @param tooLong of people's, left out; null if a judge was asked
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record LabelFigures(
    String judge,
    int train,
    int heldOut,
    @Nullable Integer tooLong,
    @Nullable Integer pairs,
    @Nullable Integer answered,
    @Nullable Integer unanswered,
    @Nullable Integer identical,
    @Nullable Integer even,
    @Nullable Double positionBiasBefore,
    @Nullable Interval positionBiasInterval,
    @Nullable Double positionBiasAfter,
    @Nullable Double bothOrdersAgree,
    @Nullable Interval bothOrdersAgreeInterval,
    @Nullable Double firstTwice,
    @Nullable Double secondTwice,
    @Nullable Integer hard,
    @Nullable List<String> remarks,
    @Nullable Double agreement) {
  private static final String PEOPLE = "people";

  boolean isByPeople() {
    return judge.equals(PEOPLE);
  }

  static LabelFigures ofPeople(int train, int heldOut, int tooLong) {
    return new LabelFigures(
        PEOPLE, train, heldOut, tooLong, null, null, null, null, null, null, null, null, null, null,
        null, null, null, null, null);
  }

  static LabelFigures ofJudge(LabelReport report, int train, int heldOut) {
    return new LabelFigures(
        report.judge(),
        train,
        heldOut,
        null,
        report.pairs(),
        report.answered(),
        report.unanswered(),
        report.identical(),
        report.even(),
        report.positionBiasBefore(),
        report.positionBiasInterval(),
        report.positionBiasAfter(),
        report.bothOrdersAgree(),
        report.bothOrdersAgreeInterval(),
        report.firstTwice(),
        report.secondTwice(),
        report.hard(),
        report.remarks(),
        report.agreement());
  }
}
