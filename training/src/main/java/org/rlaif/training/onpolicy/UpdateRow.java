package org.rlaif.training.onpolicy;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.util.Map;
import java.util.Objects;
import java.util.stream.DoubleStream;
import org.jspecify.annotations.Nullable;
import org.rlaif.kit.Statistics;
import org.rlaif.training.config.OnPolicyConfig;
import org.rlaif.training.learning.TrlName;
import org.rlaif.training.math.ImportanceWeights;
import org.rlaif.training.math.KlEstimators;
import org.rlaif.training.math.Ragged;
import org.rlaif.training.onpolicy.Learner.Learned;
import org.rlaif.training.onpolicy.Learner.View;
import org.rlaif.training.onpolicy.OnPolicyAlgorithm.Advantages;
import org.rlaif.training.onpolicy.OnPolicyAlgorithm.Experience;
import org.rlaif.training.rollouts.Rollout;
import org.rlaif.v1.CommitUpdateResponse;

/**
 * One update in {@code metrics.jsonl}, all figures side by side.
 *
 * @param rewards means of the reward's parts, before their weights
 * @param klCoefficient that it had; null: the algorithm has no KL penalty of this kind
 * @param corrected null without a correction
 * @param published null: the policy has not changed
 * @param weightsVersion that is served after it
 * @param seconds by part
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record UpdateRow(
    @JsonUnwrapped Seen seen,
    Map<String, Double> rewards,
    @JsonUnwrapped Sampling.Asked asked,
    @Nullable Double klCoefficient,
    @JsonUnwrapped @Nullable Corrected corrected,
    @JsonUnwrapped Learned learned,
    @JsonUnwrapped @Nullable Published published,
    long weightsVersion,
    Map<String, Double> seconds) {

  /**
   * What the weights that wrote its batch are worth.
   *
   * @param figure as {@link OnPolicyConfig#bestBy} names it
   */
  double worth(String figure) {
    return switch (figure) {
      case OnPolicyConfig.SCORE -> seen.score();
      case OnPolicyConfig.REWARD -> seen.reward();
      default ->
          Objects.requireNonNull(
              rewards.get(figure.substring(OnPolicyConfig.PARTS.length())), figure);
    };
  }

  /**
   * A rollout batch before it is learned from.
   *
   * @param kl to the reference, summed over each sequence, estimator k1; mean
   * @param score mean of what the completions are worth
   * @param reward sum over each sequence of what the algorithm distributes; mean
   * @param length in tokens, mean
   * @param entropy of the policy's distributions, in nats per token
   * @param explainedVariance of the returns by the values; null without values
   * @param parity largest difference of log-probabilities between the engines; null: other weights
   *     than the trainer's have written the batch
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Seen(
      @TrlName("objective/kl") double kl,
      double klPerToken,
      @TrlName("objective/scores") double score,
      @TrlName("reward_std") double scoreStandardDeviation,
      @TrlName("objective/rlhf_reward") double reward,
      @TrlName("completions/mean_length") double length,
      double endedFraction,
      @TrlName("policy/entropy_avg") double entropy,
      @Nullable Double explainedVariance,
      @Nullable Double parity) {

    /**
     * Looks at a batch.
     *
     * @param byOthers whether other weights than the trainer's have written it
     */
    static Seen of(
        Sampling.Batch batch,
        boolean byOthers,
        View view,
        Experience experience,
        Advantages estimated) {
      Rollout rollout = batch.rollout();
      double[] scores = batch.scores();
      double kl =
          DoubleStream.of(
                  KlEstimators.sequences(
                      rollout.logprobs(), view.referenceLogprobs(), KlEstimators::k1))
              .sum();
      float[] sampled = Ragged.flat(rollout.logprobs());
      float[] recomputed = Ragged.flat(view.logprobs());
      double reward = Statistics.mean(Ragged.flat(experience.rewards()));
      double explained =
          view.values().length == 0
              ? Double.NaN
              : Statistics.explainedVariance(
                  Ragged.flat(view.values()), Ragged.flat(estimated.returns()));
      return new Seen(
          kl / rollout.size(),
          kl / rollout.tokens(),
          Statistics.mean(scores),
          Statistics.standardDeviation(scores),
          reward * Ragged.size(experience.rewards()) / rollout.size(),
          rollout.meanLength(),
          rollout.endedFraction(),
          view.entropy(),
          Double.isNaN(explained) ? null : explained,
          byOthers ? null : (Double) Statistics.maxAbsDifference(sampled, recomputed));
    }
  }

  /**
   * What tokens weigh, as they come from weights that are not quite the trainer's.
   *
   * @param correctionMean of the weights
   * @param correctionMax the largest ratio of trainer to server, before it was cut
   * @param correctionTruncated share of the tokens whose ratio was cut
   */
  record Corrected(double correctionMean, double correctionMax, double correctionTruncated) {
    static @Nullable Corrected of(View view) {
      ImportanceWeights weights = view.correction();
      return weights == null
          ? null
          : new Corrected(weights.mean(), weights.max(), weights.truncated());
    }
  }

  /**
   * How far the server found published weights from what the trainer expects, and those that it had
   * before. Root mean squares of log-probabilities, the first one the largest difference.
   *
   * @param publishUndetermined why new and old could not be told apart; null: they could
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Published(
      float publishParity,
      float publishDifference,
      float publishOldDifference,
      @Nullable String publishUndetermined) {

    static Published of(CommitUpdateResponse answer) {
      String undetermined = answer.getParity().getUndetermined();
      return new Published(
          answer.getMaxAbsLogprobDifference(),
          answer.getParity().getNewDifference(),
          answer.getParity().getOldDifference(),
          undetermined.isEmpty() ? null : undetermined);
    }
  }
}
