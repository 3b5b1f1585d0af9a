package org.rlaif.training.evaluation;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.rlaif.kit.Interval;
import org.rlaif.kit.Statistics;

/**
 * How good a policy is in an environment, beside where it started.
 *
 * @param reward the environment's; of an episode that it has not ended it is 0
 * @param kl to where the policy started, mean over its episodes, estimator k1, in nats
 * @param length tokens that the policies wrote, mean
 * @param turns of theirs in an episode, mean
 * @param endedFraction share of the episodes that the environment has ended
 * @param missingRewards prompts that were left out, as the environment knew no reward of an episode
 * @param seconds by part
 * @param tooLong prompts that were left out
 */
public record EpisodeFigures(
    int prompts,
    double temperature,
    Rewards reward,
    double kl,
    EvaluationFigures.ByModel length,
    EvaluationFigures.ByModel turns,
    EvaluationFigures.Ended endedFraction,
    int missingRewards,
    Map<String, Double> seconds,
    int tooLong) {

  /**
   * Means over the prompts.
   *
   * @param difference of the policy's and the start's reward of the same prompt
   */
  public record Rewards(Mean sft, Mean policy, Mean difference) {}

  /**
   * A mean with its 95 % interval, by Student's distribution.
   *
   * @param low null for fewer than 3 values, as is {@code high}
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Mean(double value, @Nullable Double low, @Nullable Double high) {
    static Mean of(double[] values) {
      @Nullable Interval interval = Interval.ofMean(values);
      return interval == null
          ? new Mean(Statistics.mean(values), null, null)
          : new Mean(Statistics.mean(values), interval.low(), interval.high());
    }
  }
}
