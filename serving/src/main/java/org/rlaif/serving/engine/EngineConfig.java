package org.rlaif.serving.engine;

import java.time.Duration;
import org.rlaif.kit.UserError;
import org.rlaif.model.onnx.Quantization;
import org.rlaif.model.text.TextBound;

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
    Compute compute,
    Queue queue,
    Scoring scoring,
    Quantization quantization,
    Calibration calibration,
    int bytesPerToken) {
  /** Long enough for most work, and a KV slot of a large model still fits. */
  public static final int DEFAULT_CONTEXT = 8192;

  /**
   * What computes; the first that is asked for is the process's.
   *
   * @param threads that compute one operator; 0: one per processor
   * @param device {@code cpu}
   */
  public record Compute(int threads, String device) {
    /** All cores. */
    public static final Compute DEFAULT = threads(0);

    public Compute {
      UserError.require(threads >= 0, "threads", threads, ">= 1, or 0: one per processor");
      UserError.require(
          device.equals("cpu"), "device", device, "cpu; this build's ONNX Runtime knows no other");
    }

    /** So many threads of the CPU. */
    public static Compute threads(int threads) {
      return new Compute(threads, "cpu");
    }
  }

  /**
   * Who may wait.
   *
   * @param sequences that may wait per model, to be sampled, and as many to be scored
   * @param perClient how many of them may be one client's
   */
  public record Queue(int sequences, int perClient) {
    public Queue {
      UserError.require(sequences >= 1, "maxQueue", sequences, ">= 1");
      UserError.require(
          perClient >= 1 && perClient <= sequences,
          "max-queue-per-client",
          perClient,
          "from 1 to " + sequences);
    }
  }

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
    UserError.require(bytesPerToken >= 1, "bytes-per-token", bytesPerToken, ">= 1");
  }

  /** For one client, or several that leave each other room; the rest as by default. */
  public EngineConfig(int slots, Compute compute, int maxQueue) {
    this(
        slots,
        DEFAULT_CONTEXT,
        compute,
        new Queue(maxQueue, maxQueue),
        Scoring.DEFAULT,
        Quantization.NONE,
        Calibration.NONE,
        TextBound.BYTES_PER_TOKEN);
  }

  /** Those of a line, where sequences of this model wait. */
  Places places(String model) {
    return new Places(model, queue.sequences(), queue.perClient());
  }

  /** The same, but so many sequences of one client may wait per model. */
  public EngineConfig perClient(int most) {
    var limited = new Queue(queue.sequences(), most);
    return new EngineConfig(
        slots, context, compute, limited, scoring, quantization, calibration, bytesPerToken);
  }

  /** The same, with other limits on what is scored together. */
  public EngineConfig scoring(Scoring scoring) {
    return new EngineConfig(
        slots, context, compute, queue, scoring, quantization, calibration, bytesPerToken);
  }

  /** The same on other threads; zeros are chosen by default. */
  public EngineConfig compute(int slots, Compute compute) {
    return new EngineConfig(
        slots, context, compute, queue, scoring, quantization, calibration, bytesPerToken);
  }

  /** The same, with policies quantised in that way unless a load asks for another. */
  public EngineConfig quantize(Quantization quantization) {
    return new EngineConfig(
        slots, context, compute, queue, scoring, quantization, calibration, bytesPerToken);
  }

  /** The same, where quantised policies are calibrated and checked on these prompts. */
  public EngineConfig calibrate(Calibration calibration) {
    return new EngineConfig(
        slots, context, compute, queue, scoring, quantization, calibration, bytesPerToken);
  }

  /** The same, for sequences of so many tokens. */
  public EngineConfig context(int tokens) {
    return new EngineConfig(
        slots, tokens, compute, queue, scoring, quantization, calibration, bytesPerToken);
  }

  /** The same, for texts of so many bytes per token of the context. */
  public EngineConfig bytesPerToken(int bytes) {
    return new EngineConfig(
        slots, context, compute, queue, scoring, quantization, calibration, bytes);
  }
}
