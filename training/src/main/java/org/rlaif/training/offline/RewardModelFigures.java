package org.rlaif.training.offline;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What came of training a reward model.
 *
 * @param heldOut on preferences that it has not learned from
 * @param train on those that it has
 * @param warning if the labels say nothing; else null
 * @param scoreMean of all training completions, as is the deviation
 * @param seconds by part
 * @param tooLong preferences that were left out
 * @param encodedApart completions that do not begin where their prompt's tokens end
 * @param ensemble of all members, of which all else is the first's; null if there is only one
 * @param bins of the held-out pairs; null in figures of an older version
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record RewardModelFigures(
    @JsonUnwrapped PreferenceFigures heldOut,
    PreferenceFigures train,
    @Nullable String warning,
    double scoreMean,
    double scoreStandardDeviation,
    int steps,
    long parameters,
    Map<String, Double> seconds,
    int tooLong,
    int encodedApart,
    @Nullable EnsembleFigures ensemble,
    @Nullable PreferenceBins bins) {

  /** Those of the first member, with those of all. */
  RewardModelFigures of(EnsembleFigures all, Map<String, Double> secondsOfAll) {
    return new RewardModelFigures(
        heldOut,
        train,
        warning,
        scoreMean,
        scoreStandardDeviation,
        steps,
        parameters,
        secondsOfAll,
        tooLong,
        encodedApart,
        all,
        bins);
  }
}
