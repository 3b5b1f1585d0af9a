package org.rlaif.serving.update;

import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.rlaif.model.Lora;
import org.rlaif.model.Weights;
import org.rlaif.serving.graph.CacheScales;
import org.rlaif.serving.graph.DecoderSession;
import org.rlaif.serving.os.BackgroundThread;
import org.rlaif.serving.queue.ModelObserver;
import org.rlaif.serving.queue.Refusal;
import org.rlaif.serving.queue.Refusal.Reason;
import org.rlaif.serving.weights.LiveWeights;
import org.rlaif.serving.weights.WeightArena;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Updates of one model's weights, one at a time: begin, push every tensor, commit or roll back. The
 * weights that serve stay untouched until a commit has passed all its checks. An update ends with
 * the connection of whoever began it; one that nobody touches for a while is rolled back when the
 * next one begins. What takes long is done in the background, and whoever asked waits for it:
 * decoding should not.
 */
public final class WeightUpdates {
  private static final Logger LOG = LoggerFactory.getLogger(WeightUpdates.class);
  static final Duration SILENCE = Duration.ofMinutes(10);

  /** Of the time that a piece took to write. */
  private static final double REST = 0.5;

  private static final Duration LONGEST_REST = Duration.ofMillis(50);

  private final String model;
  private final LiveWeights weights;
  private final Weights base;
  private final ParityGate gate;
  private final @Nullable QuantizationCheck check;
  private final Clock clock;
  private final ModelObserver observer;
  private final BackgroundThread background;
  private final EndedUpdates ended = new EndedUpdates(SILENCE);
  private @Nullable WeightUpdate open;
  private boolean closed;

  /**
   * @param base the weights of the model's folder, of an adapter's those of its base
   * @param check of a model that serves quantised; null: it serves in fp32
   */
  public WeightUpdates(
      String model,
      LiveWeights weights,
      Weights base,
      ParityGate gate,
      @Nullable QuantizationCheck check,
      Clock clock,
      ModelObserver observer) {
    this.model = model;
    this.weights = weights;
    this.base = base;
    this.gate = gate;
    this.check = check;
    this.clock = clock;
    this.observer = observer;
    this.background = new BackgroundThread("rlaif-weights-" + model);
  }

  /**
   * Opens an update; returns the id that names it.
   *
   * @param adapter whose tensors are pushed and nothing else; null: those of the model
   */
  public synchronized String begin(@Nullable Lora adapter, UpdateOwner beginner) {
    if (closed) {
      throw new Refusal(Reason.UNAVAILABLE, "model: " + model + " is closing");
    }
    WeightUpdate before = open;
    if (before != null) {
      Duration silence = before.silence(clock.instant());
      if (silence.compareTo(SILENCE) < 0) {
        throw new Refusal(
            Reason.PRECONDITION,
            "model: %s (expected: one without an open weight update; %s began %s at %s, was last heard of %d s ago, and has it until %s unless it goes on, its connection ends, or RollbackUpdate ends it by that id)"
                .formatted(
                    model,
                    before.beginner().name(),
                    before.id(),
                    before.begun(),
                    silence.toSeconds(),
                    clock.instant().minus(silence).plus(SILENCE)));
      }
      LOG.warn("{}: weight update {} rolled back after {}", model, before.id(), silence);
      drop(before, "was not heard of for " + silence.toMinutes() + " minutes");
    }
    long random = ThreadLocalRandom.current().nextLong();
    String id = model + "/" + HexFormat.of().toHexDigits(random);
    AdapterUpdate update =
        adapter == null ? null : new AdapterUpdate(adapter, weights.layout(), base);
    WeightArena arena = background.run(weights::takeIdleArena);
    open = new WeightUpdate(id, beginner, arena, update, clock.instant());
    return id;
  }

  /**
   * Writes a piece of a tensor; pieces may come in any order. While the model computes, whoever
   * sends one after the other is held up, so that it does not compete for the cores all the time.
   */
  public void push(String id, String tensor, long offset, ByteBuffer data) {
    long start = System.nanoTime();
    write(id, tensor, offset, data);
    if (weights.isLeased()) {
      rest((long) (REST * (System.nanoTime() - start)));
    }
  }

  private synchronized void write(String id, String tensor, long offset, ByteBuffer data) {
    WeightUpdate update = find(id);
    update.touch(clock.instant());
    background.run(() -> update.push(tensor, offset, data));
  }

  private static void rest(long nanos) {
    try {
      TimeUnit.NANOSECONDS.sleep(Math.min(nanos, LONGEST_REST.toNanos()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // the piece is written
    }
  }

  /**
   * Checks that everything arrived, whole and finite, and that the new weights give the
   * log-probabilities they must; then they serve. After a failure the old ones go on and the update
   * is gone. Asked again, it says the same again.
   */
  public synchronized UpdateOutcome commit(
      String id, Map<String, Integer> checksums, List<Probe> probes, float threshold) {
    UpdateOutcome before = ended.outcome(id);
    if (before != null) {
      return before;
    }
    WeightUpdate update = find(id);
    DecoderSession session = null;
    long start = System.nanoTime();
    try {
      gate.validate(probes, threshold);
      background.run(() -> update.check(checksums));
      background.run(() -> scale(update.arena()));
      session = background.run(() -> weights.prepare(update.arena()));
      Parity parity = pass(update.arena(), session, probes, threshold);
      QuantizationLoss loss = loss(update.arena(), session);
      open = null;
      long flip = System.nanoTime();
      long version = weights.flip(update.arena(), session);
      long end = System.nanoTime();
      observer.swapped(end - start, end - flip);
      if (parity.undetermined() != null) {
        LOG.info(
            "{}: parity of version {} is undetermined: {}", model, version, parity.undetermined());
      }
      var outcome = new UpdateOutcome(version, parity, loss);
      ended.committed(id, outcome, clock.instant());
      return outcome;
    } catch (RuntimeException e) {
      if (open != null) {
        if (session != null) {
          session.close();
        }
        drop(update, "failed its commit");
        ended.failed(id, e, clock.instant());
      }
      observer.updateRefused(e);
      throw e;
    }
  }

  /** Wider scales of the KV cache, if what was served meanwhile wants them. */
  private void scale(WeightArena arena) {
    CacheScales before = weights.scales();
    CacheScales scales = check == null ? before : check.prepare(arena::floats, before);
    if (scales != before) {
      LOG.info("{}: the scales of the KV cache become wider, for what was served", model);
    }
    arena.scale(scales);
  }

  /** The gate judges what arrived: what is lost by quantising must not hide what is damaged. */
  private Parity pass(
      WeightArena arena, DecoderSession session, List<Probe> probes, float threshold) {
    try (LiveWeights.Lease serving = weights.lease()) {
      if (check == null) {
        return gate.pass(session, serving.session(), /* quantized= */ false, probes, threshold);
      }
      try (DecoderSession exact = check.exact(arena::floats)) {
        return gate.pass(exact, serving.session(), /* quantized= */ true, probes, threshold);
      }
    }
  }

  private @Nullable QuantizationLoss loss(WeightArena arena, DecoderSession session) {
    if (check == null) {
      return null;
    }
    QuantizationLoss loss = check.measure(arena::floats, session);
    if (!loss.isFinite()) {
      throw new Refusal(
          Reason.PRECONDITION,
          "quantization loss: %s (expected: finite numbers); the old weights stay".formatted(loss));
    }
    LOG.info("{}: {}", model, loss);
    return loss;
  }

  public synchronized void rollBack(String id) {
    drop(find(id), "was rolled back");
  }

  /** Nobody will go on with what was begun on it. */
  public synchronized void connectionEnded(Object connection) {
    WeightUpdate update = open;
    if (update != null && update.beginner().connection().equals(connection)) {
      LOG.warn(
          "{}: weight update {} of {} rolled back: its connection ended",
          model,
          update.id(),
          update.beginner().name());
      drop(update, "ended with its connection");
    }
  }

  public synchronized void close() {
    closed = true;
    if (open != null) {
      drop(open, "ended with its model");
    }
    background.close();
  }

  private void drop(WeightUpdate update, String how) {
    open = null;
    ended.dropped(update.id(), how, clock.instant());
    weights.giveBack(update.arena());
  }

  private WeightUpdate find(String id) {
    if (open == null || !open.id().equals(id)) {
      throw ended.notOpen(id);
    }
    return open;
  }
}
