package org.rlaif.training.stages;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.rlaif.judge.LabelReport;
import org.rlaif.kit.Interval;
import org.rlaif.kit.Json;

/**
 * Who labelled, how well, and how much: the judge's {@link LabelReport} where one was asked, else
 * null.
 *
 * @param judge its name, or people
 * @param train preferences, or completions by themselves, to learn from
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
    ObjectNode figures = Json.MAPPER.valueToTree(report);
    figures.put("train", train).put("heldOut", heldOut).putNull("tooLong");
    return Json.MAPPER.convertValue(figures, LabelFigures.class);
  }
}
