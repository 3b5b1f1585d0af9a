package org.rlaif.serving.decode;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.BiConsumer;
import org.rlaif.model.DecoderConfig;
import org.rlaif.model.onnx.Precision;
import org.rlaif.model.text.Tokenizer;
import org.rlaif.serving.decode.Samplers.Draw;
import org.rlaif.serving.decode.Staging.Staged;
import org.rlaif.serving.graph.CacheScales;
import org.rlaif.serving.graph.KvCache;
import org.rlaif.serving.graph.OnnxRuntime;
import org.rlaif.serving.queue.ModelObserver;
import org.rlaif.serving.queue.Refusal;
import org.rlaif.serving.queue.Refusal.Reason;
import org.rlaif.serving.queue.RequestQueue;
import org.rlaif.serving.queue.RequestQueue.Turn;
import org.rlaif.serving.queue.SequenceListener;
import org.rlaif.serving.sampling.LogitRules;
import org.rlaif.serving.sampling.Sampling;
import org.rlaif.serving.sampling.Vocabulary;
import org.rlaif.serving.weights.LiveWeights;
import org.rlaif.serving.weights.LiveWeights.Lease;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread that decodes. Each turn takes the weights that serve at that moment, drops what was
 * cancelled, and runs the graph once: live rows get a token, and the prompt whose turn it is gets
 * on by a chunk. Both together cost less than one after the other, because a run of few tokens
 * takes as long as it takes to read the weights (Agrawal et al. 2023, SARATHI).
 *
 * <p>Rows are slots 0 to B - 1 of the cache; prompts are computed in a slot behind them, of which
 * there is always one.
 */
public final class Scheduler implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Scheduler.class);

  /** Fewer slots than this part of all are few. */
  private static final int FEW = 8;

  private final String model;
  private final DecoderConfig config;
  private final Tokenizer tokenizer;
  private final Vocabulary vocabulary;
  private final LiveWeights weights;
  private final int slots;
  private final RequestQueue line;
  private final ModelObserver observer;
  private final BiConsumer<int[], int[]> served;
  private final KvCache cache;
  private final ForwardPass pass;
  private final Samplers samplers;
  private final Staging staging;
  private final Parking parking;
  private final Thread thread;

  // Of the thread alone.
  private final List<Row> rows = new ArrayList<>();

  /** The scales of what rows have cached. */
  private CacheScales cachedWith;

  /** Prompts that got rows since rows decoded last. */
  private int promptsInTurn;

  /** Whether slots are being filled: it began with many that could be. */
  private boolean filling;

  /**
   * @param served hears of prompts and their first samples, in tokens
   */
  public Scheduler(
      String model,
      OnnxRuntime runtime,
      DecoderConfig config,
      Tokenizer tokenizer,
      LiveWeights weights,
      Precision kvCache,
      int slots,
      RequestQueue line,
      ModelObserver observer,
      BiConsumer<int[], int[]> served) {
    this.model = model;
    this.config = config;
    this.tokenizer = tokenizer;
    this.vocabulary = Vocabulary.of(config, tokenizer);
    this.weights = weights;
    this.slots = slots;
    this.line = line;
    this.observer = observer;
    this.served = served;
    this.cachedWith = weights.scales();
    this.cache = new KvCache(runtime, config, kvCache, slots + 1);
    this.pass = new ForwardPass(runtime, config, kvCache, slots, Prefill.TOGETHER, slots + 1);
    this.samplers = new Samplers(model, vocabulary, runtime.compute().threads());
    this.staging = new Staging(config, slots, line);
    this.parking = new Parking(cache, slots);
    this.thread = new Thread(this::run, "rlaif-decode-" + model);
    thread.setDaemon(true);
    thread.start();
  }

  public static long bytes(DecoderConfig config, Precision kvCache, int slots) {
    return KvCache.bytes(config, kvCache, slots + 1L) + ForwardPass.bytes(config, slots + 1L);
  }

  public RequestQueue line() {
    return line;
  }

  private void run() {
    try {
      for (Turn turn = next(); turn != Turn.STOP; turn = next()) {
        dropCancelled();
        park();
        switch (turn) {
          case RUN, FINISH -> step(turn == Turn.RUN);
          case ABORT -> failAll(new Refusal(Reason.ABORTED, "model: " + model + " was paused"));
          default -> {} // it holds still
        }
      }
      failAll(line.closing());
    } catch (Throwable e) { // whoever waits must hear of it, whatever it is
      LOG.error("the decode loop of {} broke down", model, e);
      line.breakDown(e);
      failAll(new Refusal(Reason.UNAVAILABLE, "model: " + model + " broke down: " + e, e));
      observer.broken(e);
    } finally {
      samplers.close();
      pass.close();
      cache.close();
    }
  }

  private Turn next() throws InterruptedException {
    int cached = 0;
    for (Row row : rows) {
      cached += row.cached();
    }
    return line.awaitTurn(rows.size(), cached, !staging.isEmpty(), !parking.isEmpty());
  }

  private void step(boolean admitting) {
    try (Lease lease = weights.lease()) {
      rescale(lease.scales());
      boolean waiting = mayWait();
      List<Staged> prompts = admitting ? admit(lease, waiting) : List.of();
      filling = filling && !prompts.isEmpty();
      boolean decoding = prompts.isEmpty() || !waiting;
      promptsInTurn = decoding ? 0 : promptsInTurn;
      pass.clear();
      for (Row row : decoding ? rows : List.<Row>of()) {
        Sampling sampling = row.group.sampling;
        pass.row(row.lastToken(), row.cached(), sampling.graphTemperature());
        if (LogitRules.needNormaliser(sampling)) {
          pass.wantNormaliser();
        }
      }
      if (!prompts.isEmpty()) {
        staging.put(prompts, pass, chunk());
      }
      if (!prompts.isEmpty() || !rows.isEmpty()) {
        run(lease, decoding, prompts);
      }
    }
  }

  /** What rows have cached goes on with the scales of new weights. */
  private void rescale(CacheScales scales) {
    if (scales != cachedWith) {
      List<float[]> ratios = cachedWith.over(scales);
      for (int slot = 0; slot < rows.size(); slot++) {
        cache.rescale(slot, rows.get(slot).cached(), ratios);
      }
      cachedWith = scales;
    }
  }

  /**
   * Gives rows to what was computed; returns what is computed next, if a slot is free.
   *
   * @param alone whether no row decodes meanwhile
   */
  private List<Staged> admit(Lease lease, boolean alone) {
    staging.putBack();
    while (rows.size() < slots) {
      if (staging.isEmpty() && resume()) {
        continue;
      }
      List<Staged> next =
          staging.next(lease.version(), rows.size(), alone ? slots - rows.size() : 1);
      if (next.isEmpty() || !next.get(0).isComputed()) {
        return next;
      }
      start(next.get(0));
    }
    return List.of();
  }

  /** Brings back a sequence whose caller has read; behind the rows, where no prompt is computed. */
  private boolean resume() {
    Row row = parking.resume(rows.size());
    if (row != null) {
      rows.add(row);
    }
    return row != null;
  }

  private void run(Lease lease, boolean decoding, List<Staged> prompts) {
    try {
      pass.run(lease.session(), cache);
      observer.ran(decoding ? rows.size() : 0, prompts.stream().mapToInt(Staged::underWay).sum());
    } catch (RuntimeException e) {
      // No telling whose fault it was: all of them fail, the waiting ones get their turn.
      LOG.error("a run of {} rows failed", rows.size(), e);
      failRows(e);
      if (!prompts.isEmpty()) {
        staging.fail(e, false);
      }
      return;
    }
    prompts.forEach(prompt -> staging.computed(prompt, pass));
    if (decoding) {
      accept(samplers.draw(rows, pass), 0, lease.version());
    }
    for (Staged prompt : prompts) {
      if (prompt.isComputed()) {
        start(prompt); // the first token need not wait for another run
      }
    }
  }

  private void dropCancelled() {
    for (int slot = rows.size() - 1; slot >= 0; slot--) {
      Row row = rows.get(slot);
      if (row.group.ticket.isCancelled()) {
        remove(slot);
        row.group.tellFailed(row.id, new CancellationException("cancelled"));
      }
    }
    var cancelled = new CancellationException("cancelled");
    parking
        .removeIf(row -> row.group.ticket.isCancelled())
        .forEach(row -> row.group.tellFailed(row.id, cancelled));
    staging.fail(cancelled, true);
    line.removeCancelled().forEach(group -> group.fail(cancelled));
  }

  /** Frees the slots of sequences whose callers follow them and do not read. */
  private void park() {
    for (int slot = rows.size() - 1; slot >= 0; slot--) {
      Row row = rows.get(slot);
      SequenceListener listener = row.group.listener;
      if (listener.followsTokens() && listener.isBehind()) {
        if (parking.fits(row)) {
          parking.put(row, slot);
          remove(slot);
        } else {
          remove(slot);
          tellUnread(row);
        }
      }
    }
    parking.overflow().forEach(this::tellUnread);
  }

  private void tellUnread(Row row) {
    row.group.tellFailed(
        row.id,
        Refusal.queueFull(
            "model: %s has no room for more sequences whose answers are not read (expected: callers that read)"
                .formatted(model),
            null));
  }

  /**
   * Whether rows may wait while slots are filled: nobody follows them, and more than a few slots
   * could be filled when that began. They are fastest together, and at the same length; where they
   * come and go, a prompt beside them is cheap.
   */
  private boolean mayWait() {
    filling = filling || !fewAreFillable();
    return filling && !isFollowed() && promptsInTurn < slots;
  }

  /**
   * Large chunks fill slots fastest, and hold up the rows. Where somebody follows these, and few
   * slots can be filled, a prompt is computed in pieces.
   */
  private int chunk() {
    return isFollowed() && fewAreFillable() ? Prefill.PIECE : Prefill.CHUNK;
  }

  private boolean isFollowed() {
    return rows.stream().anyMatch(row -> row.group.listener.followsTokens());
  }

  private boolean fewAreFillable() {
    int fillable = Math.min(slots - rows.size(), line.waiting());
    return fillable * FEW <= Math.max(slots, FEW);
  }

  /** Gives samples of a computed prompt a row each and draws their first tokens. */
  private void start(Staged prompt) {
    promptsInTurn++;
    int first = rows.size();
    int promptTokens = prompt.group.prompt.length;
    int most = config.contextLength() - promptTokens;
    while (rows.size() < slots && !prompt.group.isStarted()) {
      cache.copy(prompt.slot, rows.size(), promptTokens);
      rows.add(new Row(prompt.group, prompt.group.next(), tokenizer, vocabulary, most));
      line.leave(prompt.group, 1);
    }
    accept(samplers.draw(rows.subList(first, rows.size()), prompt), first, prompt.version);
  }

  /** Tells rows from {@code first} on their tokens; a row goes when it is finished, or fails. */
  private void accept(Draw[] draws, int first, long version) {
    // From the last to the first: what moves into a hole has had its token.
    for (int slot = first + draws.length - 1; slot >= first; slot--) {
      Row row = rows.get(slot);
      Draw draw = draws[slot - first];
      try {
        if (draw.failure() != null) {
          throw draw.failure();
        }
        row.accept(draw.token(), draw.logprob(), draw.details(), version);
        if (row.isFinished()) {
          remove(slot);
          if (row.id.sample() == 0) {
            served.accept(row.group.prompt, row.completion());
          }
          row.tellFinished();
        }
      } catch (RuntimeException e) {
        if (slot < rows.size() && rows.get(slot) == row) {
          remove(slot);
        }
        row.group.tellFailed(row.id, e);
      }
    }
  }

  /** Frees a slot: the last row moves into it. */
  private void remove(int slot) {
    int last = rows.size() - 1;
    Row moved = rows.remove(last);
    if (slot != last) {
      cache.copy(last, slot, moved.cached());
      rows.set(slot, moved);
    }
  }

  private void failRows(Throwable cause) {
    for (Row row : rows) {
      row.group.tellFailed(row.id, cause);
    }
    rows.clear();
  }

  private void failAll(Throwable cause) {
    failRows(cause);
    parking.removeIf(row -> true).forEach(row -> row.group.tellFailed(row.id, cause));
    staging.fail(cause, false);
    line.drain().forEach(group -> group.fail(cause));
  }

  /** Fails whatever is not finished; returns when the thread has ended. */
  @Override
  public void close() {
    line.close();
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true; // the cache must not go while the thread uses it
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
