package org.rlaif.training.config;

import static org.rlaif.kit.UserError.require;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * Proximal policy optimisation with a per-token KL penalty to the reference.
 *
 * @param updates rollout batches
 * @param batch prompts per update, one completion each
 * @param epochs passes over a rollout batch
 * @param minibatch sequences per optimiser step
 * @param microbatch of them at a time in memory; the step is the same but for rounding. Null: all
 * @param klCoefficient beta of the per-token penalty beta * (log pi - log pi_ref)
 * @param gamma discount
 * @param lambda of generalised advantage estimation
 * @param missingEndPenalty subtracted from the score of a completion without end-of-text
 * @param scoreClip normalised scores are clipped to plus and minus this
 * @param parityThreshold the largest log-probability difference at which new weights are served;
 *     null: what the trainer's precision allows
 */
public record PpoConfig(
    int updates,
    int batch,
    int epochs,
    int minibatch,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Integer microbatch,
    double policyLearningRate,
    double valueLearningRate,
    double warmup,
    double finalFraction,
    double clip,
    double klCoefficient,
    double gamma,
    double lambda,
    double clipRange,
    double valueClipRange,
    double missingEndPenalty,
    double scoreClip,
    double temperature,
    int maxTokens,
    @Nullable Double parityThreshold) {
  public PpoConfig {
    require(updates > 0, "ppo.updates", updates, "> 0");
    require(batch > 0, "ppo.batch", batch, "> 0");
    require(epochs > 0, "ppo.epochs", epochs, "> 0");
    require(
        minibatch > 0 && minibatch <= batch,
        "ppo.minibatch",
        minibatch,
        "from 1 to ppo.batch (" + batch + ")");
    RunConfig.microbatch("ppo.microbatch", microbatch, "ppo.minibatch", minibatch);
    RunConfig.positive("ppo.policyLearningRate", policyLearningRate);
    RunConfig.positive("ppo.valueLearningRate", valueLearningRate);
    RunConfig.fraction("ppo.warmup", warmup);
    RunConfig.fraction("ppo.finalFraction", finalFraction);
    RunConfig.positive("ppo.clip", clip);
    RunConfig.notNegative("ppo.klCoefficient", klCoefficient);
    RunConfig.fraction("ppo.gamma", gamma);
    RunConfig.fraction("ppo.lambda", lambda);
    RunConfig.positive("ppo.clipRange", clipRange);
    RunConfig.positive("ppo.valueClipRange", valueClipRange);
    RunConfig.notNegative("ppo.missingEndPenalty", missingEndPenalty);
    RunConfig.positive("ppo.scoreClip", scoreClip);
    RunConfig.positive("ppo.temperature", temperature);
    require(maxTokens > 0, "ppo.maxTokens", maxTokens, "> 0");
    if (parityThreshold != null) {
      RunConfig.positive("ppo.parityThreshold", parityThreshold);
    }
  }
}
