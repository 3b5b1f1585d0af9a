package org.rlaif.training.config;

import static org.rlaif.kit.UserError.require;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.SerializerProvider;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Supervised fine-tuning: AdamW, linear warm-up, then constant, then cosine decay.
 *
 * @param steps optimiser steps
 * @param batch examples per step
 * @param microbatch of them at a time in memory; the step is the same but for rounding. Null: all
 * @param warmup share of the steps over which the learning rate rises
 * @param decay share of the steps, at the end, over which it falls
 * @param finalFraction of the learning rate that is left at the end
 * @param maxGradientNorm gradients are scaled down to it
 * @param keepBest whether the weights with the least loss on what is held out are kept, in the
 *     place of the last ones
 */
public record SftConfig(
    int steps,
    int batch,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Integer microbatch,
    double learningRate,
    double warmup,
    double decay,
    double finalFraction,
    double maxGradientNorm,
    AdamConfig adam,
    @JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean keepBest)
    implements TrainerConfig {
  private static final String SKIP = "skip";

  @JsonCreator
  public SftConfig {
    TrainerConfig.check(
        "sft", batch, microbatch, learningRate, warmup, finalFraction, maxGradientNorm, adam);
    Ranges.atLeastOne("sft.steps", steps);
    Ranges.fraction("sft.decay", decay);
    require(
        warmup + decay <= 1, "sft.warmup + sft.decay", warmup + decay, "<= 1, shares of the steps");
  }

  /** The word that stands in the place of the section. */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  static @Nullable SftConfig of(String word) {
    require(word.equals(SKIP), "sft", word, "skip, or a section of keys and values");
    return null;
  }

  /** Writes that word. */
  static final class Skipped extends JsonSerializer<Object> {
    @Override
    public void serialize(@Nullable Object nothing, JsonGenerator out, SerializerProvider all)
        throws IOException {
      out.writeString(SKIP);
    }
  }
}
