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
 * @param clip gradients are scaled down to this norm
 */
public record SftConfig(
    int steps,
    int batch,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Integer microbatch,
    double learningRate,
    double beta2,
    double weightDecay,
    double warmup,
    double decay,
    double finalFraction,
    double clip) {
  private static final String SKIP = "skip";

  @JsonCreator
  public SftConfig {
    require(steps > 0, "sft.steps", steps, "> 0");
    require(batch > 0, "sft.batch", batch, "> 0");
    RunConfig.microbatch("sft.microbatch", microbatch, "sft.batch", batch);
    RunConfig.positive("sft.learningRate", learningRate);
    RunConfig.fraction("sft.beta2", beta2);
    RunConfig.notNegative("sft.weightDecay", weightDecay);
    RunConfig.fraction("sft.warmup", warmup);
    RunConfig.fraction("sft.decay", decay);
    require(
        warmup + decay <= 1, "sft.warmup + sft.decay", warmup + decay, "<= 1, shares of the steps");
    RunConfig.fraction("sft.finalFraction", finalFraction);
    RunConfig.positive("sft.clip", clip);
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
