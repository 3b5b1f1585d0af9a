package org.rlaif.training.config;

import static org.rlaif.kit.UserError.require;

import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;

/**
 * Proximal policy optimisation.
 *
 * @param clipLow how far below 1 the ratio of probabilities, new to old, may fall
 * @param clipHigh how far above 1 it may rise
 * @param dualClip what the ratio of a bad token counts at most; null: no such bound
 * @param gamma discount
 * @param lambda of generalised advantage estimation
 * @param whitenAdvantages to mean 0 and variance 1 over the tokens of a batch
 * @param whitenRewards to variance 1, their mean kept
 * @param critic what the value network begins as; without a reward model it is the policy
 * @param criticWarmup updates at the beginning in which the value network alone learns
 * @param valueLearningRate of the value network
 * @param valueClipRange of the values, about what they were; null: they are not clipped
 */
public record PpoConfig(
    double clipLow,
    double clipHigh,
    @Nullable Double dualClip,
    double gamma,
    double lambda,
    boolean whitenAdvantages,
    boolean whitenRewards,
    Beginning critic,
    int criticWarmup,
    double valueLearningRate,
    @Nullable Double valueClipRange) {

  /** What a value network begins as. */
  public enum Beginning {
    /** The reward model, with its head. */
    @JsonProperty("reward")
    REWARD,
    /** The policy, under a new head. */
    @JsonProperty("policy")
    POLICY
  }

  public PpoConfig {
    Ranges.positive("ppo.clipLow", clipLow);
    Ranges.positive("ppo.clipHigh", clipHigh);
    require(
        dualClip == null || dualClip > 1 + clipHigh,
        "ppo.dualClip",
        dualClip,
        "> 1 + ppo.clipHigh (" + (1 + clipHigh) + "), or null");
    Ranges.fraction("ppo.gamma", gamma);
    Ranges.fraction("ppo.lambda", lambda);
    require(criticWarmup >= 0, "ppo.criticWarmup", criticWarmup, ">= 0");
    Ranges.positive("ppo.valueLearningRate", valueLearningRate);
    Ranges.positiveOrNull("ppo.valueClipRange", valueClipRange);
  }
}
