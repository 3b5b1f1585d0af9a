package org.rlaif.serving.grpc;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import org.rlaif.serving.queue.Completion;
import org.rlaif.serving.queue.ModelObserver;
import org.rlaif.serving.queue.Refusal;

/**
 * What one model does, in figures. Every meter is looked up once: a token costs a few additions,
 * and no memory.
 */
final class ModelMeters implements ModelObserver {
  /** From a gap between the tokens of a small network to a long rollout. */
  private static final Duration[] TIMES =
      Arrays.stream(
              new double[] {
                0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1e3, 2.5e3, 5e3, 1e4, 2.5e4,
                5e4, 1e5
              })
          .mapToObj(millis -> Duration.ofNanos(Math.round(millis * 1e6)))
          .toArray(Duration[]::new);

  private static final double[] ROWS = {1, 2, 4, 8, 16, 32, 64, 128, 256, 512};
  private static final String CANCELLED = "cancelled";
  private static final String FAILED = "failed";

  private final MeterRegistry registry;
  private final String model;
  private final ModelObserver next;
  private final DistributionSummary batch;
  private final Counter promptTokens;
  private final Counter generatedTokens;
  private final Timer queue;
  private final Timer firstToken;
  private final Timer gap;
  private final Timer sequence;
  private final Timer swap;
  private final Timer flip;
  private final Counter refused;

  /**
   * @param next hears of what is not counted
   */
  ModelMeters(MeterRegistry registry, String model, ModelObserver next) {
    this.registry = registry;
    this.model = model;
    this.next = next;
    this.batch =
        DistributionSummary.builder("rlaif.decode.batch.size")
            .description("Live sequences in a decode step")
            .tag("model", model)
            .serviceLevelObjectives(ROWS)
            .register(registry);
    this.promptTokens = counter("rlaif.prompt.tokens", "Tokens of prompts that were computed");
    this.generatedTokens = counter("rlaif.generated.tokens", "Tokens that were sampled");
    this.queue = timer("rlaif.queue.time", "From a request to the start of a sequence");
    this.firstToken = timer("rlaif.time.to.first.token", "From a request to a first token");
    this.gap = timer("rlaif.inter.token.latency", "From a sequence's token to its next one");
    this.sequence = timer("rlaif.end.to.end", "From a request to the end of a sequence");
    this.swap = timer("rlaif.weight.swap", "From the commit of new weights until they serve");
    this.flip = timer("rlaif.weight.flip", "Of a swap, what decode steps wait for");
    this.refused = counter("rlaif.weight.updates.refused", "Commits that failed their checks");
    for (Completion.Reason reason : Completion.Reason.values()) {
      ended(reason.name()); // so that it begins at 0
    }
    ended(CANCELLED);
  }

  private Counter counter(String name, String description) {
    return Counter.builder(name).description(description).tag("model", model).register(registry);
  }

  private Timer timer(String name, String description) {
    return timed(Timer.builder(name))
        .description(description)
        .tag("model", model)
        .register(registry);
  }

  /** With the buckets that all times have. */
  static Timer.Builder timed(Timer.Builder timer) {
    return timer.serviceLevelObjectives(TIMES);
  }

  private Counter ended(String reason) {
    return Counter.builder("rlaif.sequences.ended")
        .description("Sequences that ended, by reason")
        .tag("model", model)
        .tag("reason", reason.toLowerCase(Locale.ROOT))
        .register(registry);
  }

  @Override
  public void broken(Throwable cause) {
    next.broken(cause);
  }

  @Override
  public void ran(int rows, int computed) {
    if (rows > 0) {
      batch.record(rows);
    }
    if (computed > 0) {
      promptTokens.increment(computed);
    }
  }

  @Override
  public void firstToken(long waited, long total) {
    queue.record(waited, TimeUnit.NANOSECONDS);
    firstToken.record(total, TimeUnit.NANOSECONDS);
    generatedTokens.increment();
  }

  @Override
  public void nextToken(long sinceLast) {
    gap.record(sinceLast, TimeUnit.NANOSECONDS);
    generatedTokens.increment();
  }

  @Override
  public void finished(Completion.Reason reason, long total) {
    ended(reason.name()).increment();
    sequence.record(total, TimeUnit.NANOSECONDS);
  }

  @Override
  public void failed(Throwable cause) {
    String reason = cause instanceof Refusal refusal ? refusal.reason().name() : FAILED;
    ended(cause instanceof CancellationException ? CANCELLED : reason).increment();
  }

  @Override
  public void swapped(long total, long stopped) {
    swap.record(total, TimeUnit.NANOSECONDS);
    flip.record(stopped, TimeUnit.NANOSECONDS);
  }

  @Override
  public void updateRefused(Throwable cause) {
    refused.increment();
  }
}
