package org.rlaif.serving.engine;

import org.rlaif.kit.UserError;
import org.rlaif.model.onnx.Quantization;
import org.rlaif.model.text.TextBound;
import org.rlaif.serving.graph.ComputeConfig;
import org.rlaif.serving.queue.QueueConfig;
import org.rlaif.serving.score.ScoringConfig;

/**
 * How models are served.
 *
 * @param slots sequences that a policy decodes at the same time; 0: chosen by the model's size
 * @param context the longest sequence in tokens, where a model's own is not shorter: a KV slot has
 *     room for one
 * @param compute what computes
 * @param queue who may wait
 * @param scoring how given completions are computed together
 * @param quantization of policies, unless another is asked for when one is loaded; reward models
 *     serve in fp32
 * @param calibration of quantised policies, unless a load brings prompts of its own
 * @param bytesPerToken that a text may have, of a context of tokens, to be tokenised at all
 */
public record EngineConfig(
    int slots,
    int context,
    ComputeConfig compute,
    QueueConfig queue,
    ScoringConfig scoring,
    Quantization quantization,
    Calibration calibration,
    int bytesPerToken) {
  /** Long enough for most work, and a KV slot of a large model still fits. */
  public static final int DEFAULT_CONTEXT = 8192;

  public EngineConfig {
    UserError.require(slots >= 0, "slots", slots, ">= 1, or 0: chosen by the model's size");
    UserError.require(context >= 2, "context", context, ">= 2");
    UserError.require(bytesPerToken >= 1, "bytes-per-token", bytesPerToken, ">= 1");
  }

  /** For one client, or several that leave each other room; the rest as by default. */
  public EngineConfig(int slots, ComputeConfig compute, int maxQueue) {
    this(
        slots,
        DEFAULT_CONTEXT,
        compute,
        new QueueConfig(maxQueue, maxQueue),
        ScoringConfig.DEFAULT,
        Quantization.NONE,
        Calibration.NONE,
        TextBound.BYTES_PER_TOKEN);
  }

  /** With room for {@code most} waiting sequences of one client, per model. */
  public EngineConfig perClient(int most) {
    var limited = new QueueConfig(queue.sequences(), most);
    return new EngineConfig(
        slots, context, compute, limited, scoring, quantization, calibration, bytesPerToken);
  }

  /** With other limits on what is scored together. */
  public EngineConfig scoring(ScoringConfig scoring) {
    return new EngineConfig(
        slots, context, compute, queue, scoring, quantization, calibration, bytesPerToken);
  }

  /** On other threads; zeros are chosen by default. */
  public EngineConfig compute(int slots, ComputeConfig compute) {
    return new EngineConfig(
        slots, context, compute, queue, scoring, quantization, calibration, bytesPerToken);
  }

  /** With policies quantised in that way unless a load asks for another. */
  public EngineConfig quantize(Quantization quantization) {
    return new EngineConfig(
        slots, context, compute, queue, scoring, quantization, calibration, bytesPerToken);
  }

  /** With quantised policies calibrated and checked on these prompts. */
  public EngineConfig calibrate(Calibration calibration) {
    return new EngineConfig(
        slots, context, compute, queue, scoring, quantization, calibration, bytesPerToken);
  }

  /** With room for sequences of {@code tokens} tokens. */
  public EngineConfig context(int tokens) {
    return new EngineConfig(
        slots, tokens, compute, queue, scoring, quantization, calibration, bytesPerToken);
  }

  /** With texts of at most {@code bytes} bytes per token of the context. */
  public EngineConfig bytesPerToken(int bytes) {
    return new EngineConfig(
        slots, context, compute, queue, scoring, quantization, calibration, bytes);
  }
}
