package org.rlaif.training.config;

import static org.rlaif.kit.UserError.require;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
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
    @Nullable Double parityThreshold)
    implements TrainerConfig {
  private static final String NAME = "onPolicy";

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
        parityThreshold);
  }

  /** All parts of the reward, the environment's among them. */
  public List<RewardKind> parts() {
    List<RewardKind> parts = new ArrayList<>(rewards);
    if (environment != null) {
      parts.add(new EnvironmentReward());
    }
    return parts;
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
