package org.rlaif.training.config;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * Direct preference optimisation.
 *
 * @param beta how dear it is to leave the reference: what a nat is worth as a reward
 * @param epochs passes over the preferences
 * @param batch pairs per step
 * @param microbatch of them at a time in memory; the step is the same but for rounding. Null: all
 */
public record DpoConfig(
    double beta,
    int epochs,
    int batch,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Integer microbatch,
    double learningRate,
    double warmup,
    double finalFraction,
    double maxGradientNorm,
    AdamConfig adam)
    implements TrainerConfig {
  public DpoConfig {
    TrainerConfig.check(
        "dpo", batch, microbatch, learningRate, warmup, finalFraction, maxGradientNorm, adam);
    RunConfig.positive("dpo.beta", beta);
    RunConfig.atLeastOne("dpo.epochs", epochs);
  }

  /** Pairs in memory at a time. */
  public int together() {
    return microbatch == null ? batch : microbatch;
  }
}
