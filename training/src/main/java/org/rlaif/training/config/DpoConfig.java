package org.rlaif.training.config;

import static org.rlaif.kit.UserError.require;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;
import org.rlaif.training.losses.DirectPreference;

/**
 * Direct preference optimisation.
 *
 * @param loss what a preference asks for
 * @param beta how dear it is to leave the reference: what a nat is worth as a reward
 * @param labelSmoothing share of the labels that are taken to be wrong, Mitchell 2023, "A note on
 *     DPO with noisy preferences", eq. 2: a label of 1 becomes 1 less this
 * @param epochs passes over the preferences
 * @param batch pairs per step
 * @param microbatch of them at a time in memory; the step is the same but for rounding. Null: all
 */
public record DpoConfig(
    DirectPreference loss,
    double beta,
    double labelSmoothing,
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
    Ranges.positive("dpo.beta", beta);
    require(
        labelSmoothing >= 0 && labelSmoothing < 0.5,
        "dpo.labelSmoothing",
        labelSmoothing,
        ">= 0 and < 0.5");
    Ranges.atLeastOne("dpo.epochs", epochs);
  }

  /** Pairs in memory at a time. */
  public int together() {
    return microbatch == null ? batch : microbatch;
  }
}
