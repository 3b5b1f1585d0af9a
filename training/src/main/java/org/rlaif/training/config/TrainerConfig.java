package org.rlaif.training.config;

import org.jspecify.annotations.Nullable;

/** What everyone who learns from what is there has settings for: batches, rate and gradient. */
public interface TrainerConfig {
  /** Examples or pairs per optimiser step. */
  int batch();

  /** Of them at a time in memory; the step is the same but for rounding. Null: all. */
  @Nullable Integer microbatch();

  double learningRate();

  /** Share of the steps over which the learning rate rises. */
  double warmup();

  /**
   * Share of the steps, at the end, over which it falls; without a setting it falls all the way.
   */
  default double decay() {
    return 1 - warmup();
  }

  /** Of the learning rate that is left at the end. */
  double finalFraction();

  /** Gradients are scaled down to this norm. */
  double maxGradientNorm();

  AdamConfig adam();

  /** Whether the weights with the least loss on what is held out are kept; else the last ones. */
  default boolean keepBest() {
    return false;
  }

  /**
   * Refuses what cannot be.
   *
   * @param section that the settings stand in, for the error
   */
  static void check(
      String section,
      int batch,
      @Nullable Integer microbatch,
      double learningRate,
      double warmup,
      double finalFraction,
      double maxGradientNorm,
      AdamConfig adam) {
    Ranges.atLeastOne(section + ".batch", batch);
    Ranges.microbatch(section + ".microbatch", microbatch, section + ".batch", batch);
    Ranges.positive(section + ".learningRate", learningRate);
    Ranges.fraction(section + ".warmup", warmup);
    Ranges.fraction(section + ".finalFraction", finalFraction);
    Ranges.positive(section + ".maxGradientNorm", maxGradientNorm);
    adam.check(section);
  }
}
