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
 * @param labelSmoothing share of the labels that are taken to be wrong: a label of 1 becomes 1 less
 *     this, or with the robust loss that much more than 1 that it is 1 on average
 * @param lengthNormalised whether the loss compares log-ratios per token, means in the place of
 *     sums
 * @param nllWeight of the better completion's negative log-likelihood per token, added to the loss
 * @param epochs passes over the preferences
 * @param batch pairs per step
 * @param microbatch of them at a time in memory; the step is the same but for rounding. Null: all
 * @param keepBest whether the weights with the least loss on what is held out are kept, in the
 *     place of the last ones
 */
public record DpoConfig(
    DirectPreference loss,
    double beta,
    double labelSmoothing,
    @JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean lengthNormalised,
    @JsonInclude(JsonInclude.Include.NON_DEFAULT) double nllWeight,
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
  public DpoConfig {
    TrainerConfig.check(
        "dpo", batch, microbatch, learningRate, warmup, finalFraction, maxGradientNorm, adam);
    Ranges.positive("dpo.beta", beta);
    require(
        labelSmoothing >= 0 && labelSmoothing < 0.5,
        "dpo.labelSmoothing",
        labelSmoothing,
        ">= 0 and < 0.5");
    Ranges.notNegative("dpo.nllWeight", nllWeight);
    Ranges.atLeastOne("dpo.epochs", epochs);
  }

  /** What is learned, for people: {@code ipo on log-ratios per token, + 0.2 NLL}. */
  public String objective() {
    return loss.word()
        + " on log-ratios "
        + (lengthNormalised ? "per token" : "per completion")
        + (nllWeight > 0 ? ", + " + nllWeight + " NLL" : "");
  }

  /** Pairs in memory at a time. */
  public int together() {
    return microbatch == null ? batch : microbatch;
  }
}
