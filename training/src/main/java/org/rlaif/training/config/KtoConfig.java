package org.rlaif.training.config;

import static org.rlaif.kit.UserError.require;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * Kahneman-Tversky optimisation.
 *
 * @param beta how fast what is gained or lost stops to count: the higher, the sooner
 * @param desirableWeight of completions that are wanted
 * @param undesirableWeight of those that are not. Where one kind is rarer, its weight should make
 *     up for it: the sums of both kinds' weights, the desirable over the undesirable, from 1 to 4/3
 * @param epochs passes over the completions
 * @param batch completions per step, of which the reference point is estimated
 * @param microbatch of them at a time in memory; the step is the same but for rounding. Null: all
 * @param keepBest whether the weights with the least loss on what is held out are kept, in the
 *     place of the last ones
 */
public record KtoConfig(
    double beta,
    double desirableWeight,
    double undesirableWeight,
    int epochs,
    int batch,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Integer microbatch,
    double learningRate,
    double warmup,
    double finalFraction,
    double maxGradientNorm,
    AdamConfig adam,
    @JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean keepBest)
    implements TrainerConfig {
  public KtoConfig {
    TrainerConfig.check(
        "kto", batch, microbatch, learningRate, warmup, finalFraction, maxGradientNorm, adam);
    Ranges.positive("kto.beta", beta);
    Ranges.notNegative("kto.desirableWeight", desirableWeight);
    Ranges.notNegative("kto.undesirableWeight", undesirableWeight);
    require(
        desirableWeight + undesirableWeight > 0,
        "kto.desirableWeight + kto.undesirableWeight",
        0,
        "> 0, or nothing is learned");
    require(batch > 1, "kto.batch", batch, "> 1: the reference point is a batch's");
    Ranges.atLeastOne("kto.epochs", epochs);
  }

  /** Completions in memory at a time. */
  public int together() {
    return microbatch == null ? batch : microbatch;
  }
}
