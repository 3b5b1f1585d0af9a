package org.rlaif.serving.engine;

import java.time.Duration;
import org.rlaif.kit.UserError;
import org.rlaif.model.Quantization;

/**
 * How models are served.
 *
 * @param slots sequences that a policy decodes at the same time; 0: chosen by the model's size
 * @param threads that compute one operator; 0: one per processor
 * @param spinning whether idle threads wait busily: only where nothing else computes
 * @param device {@code cpu}
 * @param maxQueue sequences that may wait per model, to be sampled, and as many to be scored
 * @param maxQueuePerClient how many of them may be one client's
 * @param scoring how given completions are computed together
 * @param quantization of policies, unless another is asked for when one is loaded; reward models
 *     serve in fp32
 * @param context the longest sequence in tokens, where a model's own is not shorter: a KV slot has
 *     room for one
 */
public record EngineConfig(
    int slots,
    int threads,
    boolean spinning,
    String device,
    int maxQueue,
    int maxQueuePerClient,
    Scoring scoring,
    Quantization quantization,
    int context) {
  /** Long enough for most work, and a KV slot of a large model still fits. */
  public static final int DEFAULT_CONTEXT = 8192;

  /**
   * Scores and log-probabilities of given completions, whoever asks, are computed together.
   *
   * @param tokens at most in one run, padding included
   * @param delay that a request waits for others, at most
   */
  public record Scoring(int tokens, Duration delay) {
    private static final int MOST_TOKENS = 1 << 16;
    private static final Duration LONGEST = Duration.ofSeconds(10);

    /** Measured: see the benchmarks. */
    public static final Scoring DEFAULT = new Scoring(512, Duration.ofMillis(2));

    public Scoring {
      UserError.require(
          tokens >= Prefill.CHUNK && tokens <= MOST_TOKENS,
          "scoring-tokens",
          tokens,
          "from " + Prefill.CHUNK + " to " + MOST_TOKENS);
      UserError.require(
          !delay.isNegative() && delay.compareTo(LONGEST) <= 0,
          "scoring-delay",
          delay.toMillis() + " ms",
          "from 0 to " + LONGEST.toMillis() + " ms");
    }
  }

  public EngineConfig {
    UserError.require(slots >= 0, "slots", slots, ">= 1, or 0: chosen by the model's size");
    UserError.require(context >= 2, "context", context, ">= 2");
    UserError.require(threads >= 0, "threads", threads, ">= 1, or 0: one per processor");
    UserError.require(maxQueue >= 1, "maxQueue", maxQueue, ">= 1");
    UserError.require(
        maxQueuePerClient >= 1 && maxQueuePerClient <= maxQueue,
        "max-queue-per-client",
        maxQueuePerClient,
        "from 1 to " + maxQueue);
    UserError.require(
        device.equals("cpu"), "device", device, "cpu; this build's ONNX Runtime knows no other");
  }

  /** Those of a line, where sequences of this model wait. */
  Places places(String model) {
    return new Places(model, maxQueue, maxQueuePerClient);
  }

  /** For one client, or several that leave each other room; the rest as by default. */
  public EngineConfig(int slots, int threads, boolean spinning, String device, int maxQueue) {
    this(
        slots,
        threads,
        spinning,
        device,
        maxQueue,
        maxQueue,
        Scoring.DEFAULT,
        Quantization.NONE,
        DEFAULT_CONTEXT);
  }

  /** The same, but so many sequences of one client may wait per model. */
  public EngineConfig perClient(int most) {
    return new EngineConfig(
        slots, threads, spinning, device, maxQueue, most, scoring, quantization, context);
  }

  /** The same, with other limits on what is scored together. */
  public EngineConfig scoring(Scoring scoring) {
    return new EngineConfig(
        slots,
        threads,
        spinning,
        device,
        maxQueue,
        maxQueuePerClient,
        scoring,
        quantization,
        context);
  }

  /** The same on other threads; zeros are chosen by default. */
  public EngineConfig compute(int slots, int threads, boolean spinning, String device) {
    return new EngineConfig(
        slots,
        threads,
        spinning,
        device,
        maxQueue,
        maxQueuePerClient,
        scoring,
        quantization,
        context);
  }

  /** The same, with policies quantised in that way unless a load asks for another. */
  public EngineConfig quantize(Quantization quantization) {
    return new EngineConfig(
        slots,
        threads,
        spinning,
        device,
        maxQueue,
        maxQueuePerClient,
        scoring,
        quantization,
        context);
  }

  /** The same, for sequences of so many tokens. */
  public EngineConfig context(int tokens) {
    return new EngineConfig(
        slots,
        threads,
        spinning,
        device,
        maxQueue,
        maxQueuePerClient,
        scoring,
        quantization,
        tokens);
  }
}
