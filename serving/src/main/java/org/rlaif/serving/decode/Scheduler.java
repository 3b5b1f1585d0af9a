package org.rlaif.serving.decode;

import com.google.common.util.concurrent.Uninterruptibles;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.BiConsumer;
import org.rlaif.model.DecoderConfig;
import org.rlaif.model.onnx.Precision;
import org.rlaif.model.text.Tokenizer;
import org.rlaif.serving.decode.Samplers.Draw;
import org.rlaif.serving.decode.Staging.Staged;
import org.rlaif.serving.graph.GraphSpec;
import org.rlaif.serving.graph.KvCache;
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

  private final String model;
  private final DecoderConfig config;
  private final Tokenizer tokenizer;
  private final Vocabulary vocabulary;
  private final LiveWeights weights;
  private final int slots;
  private final RequestQueue queue;
  private final ModelObserver observer;
  private final BiConsumer<int[], int[]> served;
  private final KvCache cache;
  private final ForwardPass pass;
  private final Samplers samplers;
  private final AdmissionPolicy policy;
  private final Staging staging;
  private final LiveRows rows;
  private final Parking parking;
  private final Thread thread;

  /**
   * @param slots the most sequences that decode at the same time
   * @param served hears of prompts and their first samples, in tokens
   */
  public Scheduler(
      GraphSpec graph,
      Tokenizer tokenizer,
      LiveWeights weights,
      int slots,
      RequestQueue queue,
      ModelObserver observer,
      BiConsumer<int[], int[]> served) {
    this.model = queue.model();
    this.config = graph.config();
    this.tokenizer = tokenizer;
    this.vocabulary = Vocabulary.of(config, tokenizer);
    this.weights = weights;
    this.slots = slots;
    this.queue = queue;
    this.observer = observer;
    this.served = served;
    this.cache = new KvCache(graph, slots + 1);
    this.pass = new ForwardPass(graph, slots, Prefill.TOGETHER, slots + 1);
    this.samplers = new Samplers(model, vocabulary, graph.runtime().compute().threads());
    this.policy = new AdmissionPolicy(config, slots, queue);
    this.staging = new Staging(vocabulary.size(), policy, queue);
    this.rows = new LiveRows(cache, weights.scales());
    this.parking = new Parking(cache, slots);
    this.thread = new Thread(this::run, "rlaif-decode-" + model);
    thread.setDaemon(true);
    thread.start();
  }

  public static long bytes(DecoderConfig config, Precision kvCache, int slots) {
    return KvCache.bytes(config, kvCache, slots + 1L) + ForwardPass.bytes(config, slots + 1L);
  }

  public RequestQueue queue() {
    return queue;
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
      failAll(queue.closing());
    } catch (Throwable e) { // whoever waits must hear of it, whatever it is
      LOG.error("the decode loop of {} broke down", model, e);
      queue.breakDown(e);
      failAll(Refusal.brokeDown(model, e));
      observer.broken(e);
    } finally {
      samplers.close();
      pass.close();
      cache.close();
    }
  }

  private Turn next() throws InterruptedException {
    return queue.awaitTurn(rows.count(), rows.cached(), !staging.isEmpty(), !parking.isEmpty());
  }

  private void step(boolean admitting) {
    try (Lease lease = weights.lease()) {
      rows.rescale(lease.scales());
      boolean mayWait = policy.mayRowsWait(rows.count(), rows.areFollowed());
      List<Staged> prompts = admitting ? admit(lease, mayWait) : List.of();
      boolean decoding = policy.decodes(!prompts.isEmpty(), mayWait);
      pass.clear();
      for (Row row : decoding ? rows.from(0) : List.<Row>of()) {
        Sampling sampling = row.group.sampling;
        pass.row(row.lastToken(), row.cached(), sampling.graphTemperature());
        if (LogitRules.needNormaliser(sampling)) {
          pass.wantNormaliser();
        }
      }
      if (!prompts.isEmpty()) {
        staging.put(prompts, pass, policy.chunk(rows.count(), rows.areFollowed()));
      }
      if (!prompts.isEmpty() || rows.count() > 0) {
        run(lease, decoding, prompts);
      }
    }
  }

  /**
   * Gives rows to what was computed; returns what is computed next, if a slot is free. A sequence
   * whose caller has read again comes before a prompt that has not begun; its slot is behind the
   * rows, where no prompt is computed then.
   */
  private List<Staged> admit(Lease lease, boolean mayWait) {
    staging.putBack();
    while (rows.count() < slots) {
      Row resumed = staging.isEmpty() ? parking.resume(rows.count()) : null;
      if (resumed != null) {
        rows.add(resumed);
        continue;
      }
      List<Staged> next = staging.next(lease.version(), rows.count(), mayWait);
      if (next.isEmpty() || !next.get(0).isComputed()) {
        return next;
      }
      start(next.get(0));
    }
    return List.of();
  }

  private void run(Lease lease, boolean decoding, List<Staged> prompts) {
    try {
      pass.run(lease.session(), cache);
      observer.ran(decoding ? rows.count() : 0, prompts.stream().mapToInt(Staged::underWay).sum());
    } catch (RuntimeException e) {
      // No telling whose fault it was: all of them fail, the waiting ones get their turn.
      LOG.error("a run of {} rows failed", rows.count(), e);
      rows.fail(e);
      if (!prompts.isEmpty()) {
        staging.fail(e, false);
      }
      return;
    }
    prompts.forEach(prompt -> staging.computed(prompt, pass));
    if (decoding) {
      accept(samplers.draw(rows.from(0), pass), 0, lease.version());
    }
    for (Staged prompt : prompts) {
      if (prompt.isComputed()) {
        start(prompt); // the first token need not wait for another run
      }
    }
  }

  private void dropCancelled() {
    for (int slot = rows.count() - 1; slot >= 0; slot--) {
      Row row = rows.get(slot);
      if (row.group.ticket.isCancelled()) {
        rows.remove(slot);
        row.group.tellFailed(row.id, new CancellationException("cancelled"));
      }
    }
    var cancelled = new CancellationException("cancelled");
    parking
        .removeIf(row -> row.group.ticket.isCancelled())
        .forEach(row -> row.group.tellFailed(row.id, cancelled));
    staging.fail(cancelled, true);
    queue.removeCancelled().forEach(group -> group.fail(cancelled));
  }

  /** Frees the slots of sequences whose callers follow them and do not read. */
  private void park() {
    for (int slot = rows.count() - 1; slot >= 0; slot--) {
      Row row = rows.get(slot);
      SequenceListener listener = row.group.listener;
      if (listener.followsTokens() && listener.isBehind()) {
        if (parking.fits(row)) {
          parking.put(row, slot);
          rows.remove(slot);
        } else {
          rows.remove(slot);
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

  /** Gives samples of a computed prompt a row each and draws their first tokens. */
  private void start(Staged prompt) {
    policy.started();
    int first = rows.count();
    int promptTokens = prompt.group.prompt.length;
    int most = config.contextLength() - promptTokens;
    while (rows.count() < slots && !prompt.group.isStarted()) {
      cache.copy(prompt.slot, rows.count(), promptTokens);
      rows.add(new Row(prompt.group, prompt.group.next(), tokenizer, vocabulary, most));
      queue.leave(prompt.group, 1);
    }
    accept(samplers.draw(rows.from(first), prompt), first, prompt.version);
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
          rows.remove(slot);
          if (row.id.sample() == 0) {
            served.accept(row.group.prompt, row.completion());
          }
          row.tellFinished();
        }
      } catch (RuntimeException e) {
        if (slot < rows.count() && rows.get(slot) == row) {
          rows.remove(slot);
        }
        row.group.tellFailed(row.id, e);
      }
    }
  }

  private void failAll(Throwable cause) {
    rows.fail(cause);
    parking.removeIf(row -> true).forEach(row -> row.group.tellFailed(row.id, cause));
    staging.fail(cause, false);
    queue.drain().forEach(group -> group.fail(cause));
  }

  /** Fails whatever is not finished; returns when the thread has ended. */
  @Override
  public void close() {
    queue.close();
    Uninterruptibles.joinUninterruptibly(thread); // it uses the weights, which go next
  }
}
