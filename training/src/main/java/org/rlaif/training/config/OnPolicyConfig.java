package org.rlaif.training.config;

import static org.rlaif.kit.UserError.require;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.rlaif.model.onnx.Precision;
import org.rlaif.training.environments.ClassEnvironment;
import org.rlaif.training.environments.EnvironmentKind;
import org.rlaif.training.environments.ServiceEnvironment;
import org.rlaif.training.math.MissingEnd;
import org.rlaif.training.rewards.ClassReward;
import org.rlaif.training.rewards.EnvironmentReward;
import org.rlaif.training.rewards.JudgeReward;
import org.rlaif.training.rewards.ModelReward;
import org.rlaif.training.rewards.RewardKind;
import org.rlaif.training.rewards.RubricReward;

/**
 * What all on-policy algorithms share.
 *
 * @param rewards what is maximised: the sum of these, each times its weight
 * @param environment what the policy talks with; its reward is one more part. Null: a completion is
 *     all, and nobody answers it
 * @param updates rollout batches
 * @param batch completions per update
 * @param epochs passes over a rollout batch
 * @param minibatch completions per optimiser step
 * @param microbatch of them at a time in memory; the step is the same but for rounding. Null: all
 * @param kl the price of being away from the reference
 * @param entropyCoefficient what a nat of a token's distribution is worth, in the loss
 * @param stopAtKl of the policy to the one that wrote the batch, in nats per token, estimator k3 in
 *     a minibatch: beyond it an update makes no more steps; null: it makes all of them
 * @param correction of rollouts from weights that are not quite the trainer's
 * @param missingEnd what becomes of the score of a completion without end-of-text
 * @param missingEndPenalty for it
 * @param scoreAt where a value network is given the score
 * @param scoreClip scores are clipped to plus and minus this
 * @param missingReward what a reward that is NaN does
 * @param temperature of sampling
 * @param maxTokens of a completion, or of each turn, the end-of-text token counted
 * @param parityThreshold the largest log-probability difference at which new weights are served;
 *     null: what the trainer's precision allows
 * @param overlap whether the next update's batch is sampled beside this one's training, by weights
 *     that are an update older; what they write is corrected
 * @param rolloutWeights what the policy that writes the batches is served in; null: what the server
 *     serves in, which is fp32 in a run's own. What quantised weights write is corrected
 * @param bestBy the figure of the updates, one of those that are offered, by which the best weights
 *     are kept in the place of the last ones; empty: the last ones are
 */
public record OnPolicyConfig(
    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
        @JsonSubTypes({
          @JsonSubTypes.Type(value = ModelReward.class, name = "model"),
          @JsonSubTypes.Type(value = JudgeReward.class, name = "judge"),
          @JsonSubTypes.Type(value = RubricReward.class, name = "rubric"),
          @JsonSubTypes.Type(value = ClassReward.class, name = "class")
        })
        List<RewardKind> rewards,
    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
        @JsonSubTypes({
          @JsonSubTypes.Type(value = ClassEnvironment.class, name = "class"),
          @JsonSubTypes.Type(value = ServiceEnvironment.class, name = "service")
        })
        @JsonInclude(JsonInclude.Include.NON_NULL)
        @Nullable EnvironmentKind environment,
    int updates,
    int batch,
    int epochs,
    int minibatch,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Integer microbatch,
    double learningRate,
    double warmup,
    double finalFraction,
    double maxGradientNorm,
    AdamConfig adam,
    KlConfig kl,
    double entropyCoefficient,
    @Nullable Double stopAtKl,
    CorrectionConfig correction,
    MissingEnd missingEnd,
    double missingEndPenalty,
    ScoreAt scoreAt,
    double scoreClip,
    MissingReward missingReward,
    double temperature,
    int maxTokens,
    @Nullable Double parityThreshold,
    @JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean overlap,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Precision rolloutWeights,
    @JsonProperty("keepBest") @JsonInclude(JsonInclude.Include.NON_EMPTY) String bestBy)
    implements TrainerConfig {
  /** Mean of what the completions are worth, {@code objective/scores}. */
  public static final String SCORE = "score";

  /** Mean of that less the KL penalty where it is in the reward, {@code objective/rlhf_reward}. */
  public static final String REWARD = "rlhf_reward";

  /** Before the label of a part of the reward, whose mean it is. */
  public static final String PARTS = "rewards/";

  private static final String NAME = "onPolicy";

  /** Where others than the trainer's weights write and nothing else is said; Yao et al. 2025. */
  private static final double OTHERS_CAP = 2;

  public OnPolicyConfig {
    TrainerConfig.check(
        NAME, batch, null, learningRate, warmup, finalFraction, maxGradientNorm, adam);
    rewards = List.copyOf(rewards);
    require(
        !rewards.isEmpty() || environment != null,
        NAME + ".rewards",
        "none",
        "at least one, such as {kind: model}, or an environment");
    Ranges.atLeastOne(NAME + ".updates", updates);
    Ranges.atLeastOne(NAME + ".epochs", epochs);
    require(
        minibatch > 0 && minibatch <= batch,
        NAME + ".minibatch",
        minibatch,
        "from 1 to onPolicy.batch (" + batch + ")");
    Ranges.microbatch(NAME + ".microbatch", microbatch, NAME + ".minibatch", minibatch);
    Ranges.notNegative(NAME + ".entropyCoefficient", entropyCoefficient);
    Ranges.positiveOrNull(NAME + ".stopAtKl", stopAtKl);
    Ranges.notNegative(NAME + ".missingEndPenalty", missingEndPenalty);
    Ranges.positive(NAME + ".scoreClip", scoreClip);
    Ranges.positive(NAME + ".temperature", temperature);
    Ranges.atLeastOne(NAME + ".maxTokens", maxTokens);
    Ranges.positiveOrNull(NAME + ".parityThreshold", parityThreshold);
    List<String> figures = figures(rewards, environment);
    require(
        bestBy.isEmpty() || figures.contains(bestBy),
        NAME + ".keepBest",
        bestBy,
        "one of " + String.join(", ", figures) + "; or empty, to keep the last weights");
  }

  /** What an update's figures say that is the better the larger it is. */
  private static List<String> figures(
      List<RewardKind> rewards, @Nullable EnvironmentKind environment) {
    return Stream.concat(
            Stream.of(SCORE, REWARD),
            parts(rewards, environment).stream()
                .filter(part -> part.weight() >= 0)
                .map(part -> PARTS + part.label())
                .distinct())
        .toList();
  }

  /** The same with another reward. */
  public OnPolicyConfig rewardedBy(RewardKind reward) {
    return new OnPolicyConfig(
        List.of(reward),
        environment,
        updates,
        batch,
        epochs,
        minibatch,
        microbatch,
        learningRate,
        warmup,
        finalFraction,
        maxGradientNorm,
        adam,
        kl,
        entropyCoefficient,
        stopAtKl,
        correction,
        missingEnd,
        missingEndPenalty,
        scoreAt,
        scoreClip,
        missingReward,
        temperature,
        maxTokens,
        parityThreshold,
        overlap,
        rolloutWeights,
        bestBy);
  }

  /** All parts of the reward, the environment's among them. */
  public List<RewardKind> parts() {
    return parts(rewards, environment);
  }

  private static List<RewardKind> parts(
      List<RewardKind> rewards, @Nullable EnvironmentKind environment) {
    List<RewardKind> parts = new ArrayList<>(rewards);
    if (environment != null) {
      parts.add(new EnvironmentReward());
    }
    return parts;
  }

  /**
   * What a token's importance weight is cut at; null: there are none. What older or quantised
   * weights have written always has them.
   */
  public @Nullable Double correctionCap() {
    boolean others = overlap || writesQuantised();
    return correction.cap() == null && others ? (Double) OTHERS_CAP : correction.cap();
  }

  /**
   * Whether the policy that writes the batches is quantised, so that it is not quite the trainer's.
   */
  public boolean writesQuantised() {
    return rolloutWeights != null && rolloutWeights != Precision.FP32;
  }

  /** Tokens that the policy writes of a sequence, at most. */
  public int mostTokens() {
    return environment == null ? maxTokens : Math.multiplyExact(maxTokens, environment.turns());
  }

  /** Sequences in memory at a time. */
  public int together() {
    return microbatch == null ? minibatch : microbatch;
  }

  /** Optimiser steps of one update. */
  public int stepsPerUpdate() {
    return epochs * ((batch + minibatch - 1) / minibatch);
  }
}
