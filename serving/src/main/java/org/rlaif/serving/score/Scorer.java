package org.rlaif.serving.score;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.rlaif.model.DecoderConfig;
import org.rlaif.model.onnx.Precision;
import org.rlaif.serving.graph.DecoderSession;
import org.rlaif.serving.graph.OnnxRuntime;
import org.rlaif.serving.os.Futures;
import org.rlaif.serving.queue.QueueConfig;
import org.rlaif.serving.queue.Quota;
import org.rlaif.serving.queue.Refusal;
import org.rlaif.serving.queue.Refusal.Reason;
import org.rlaif.serving.score.ScoringRequest.Piece;
import org.rlaif.serving.weights.LiveWeights;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread that computes what is asked of given completions: scores, or log-probabilities. In
 * each round it takes what waits, several runs' worth of tokens, puts sequences of similar length
 * into runs of several rows, and computes the rest, which does not fit into one, piece by piece.
 */
public final class Scorer {
  private static final Logger LOG = LoggerFactory.getLogger(Scorer.class);

  /** Runs' worth of tokens in a round: the more, the more alike the lengths in a run. */
  private static final int ROUND = 4;

  private final String model;
  private final LiveWeights weights;
  private final int tokens;
  private final ScoringQueue line;
  private final ScoringPass pass;
  private final Consumer<Throwable> onBroken;
  private final Thread thread;

  // Of the thread alone.
  private List<Piece> round = List.of();

  /**
   * @param kvCache of the sessions that are asked
   * @param onBroken hears of an error that ended the thread
   */
  public Scorer(
      String model,
      OnnxRuntime runtime,
      DecoderConfig config,
      Precision kvCache,
      LiveWeights weights,
      QueueConfig queue,
      ScoringConfig settings,
      Consumer<Throwable> onBroken) {
    this.model = model;
    this.weights = weights;
    this.tokens = settings.tokens();
    this.line = new ScoringQueue(model, new Quota(model, queue), tokens, settings.delay());
    this.pass = new ScoringPass(runtime, config, kvCache, tokens);
    this.onBroken = onBroken;
    this.thread = new Thread(this::run, "rlaif-score-" + model);
    thread.setDaemon(true);
    thread.start();
  }

  /** Whoever has added its pieces is told by the request's answer. */
  public void submit(ScoringRequest request) {
    line.add(request);
  }

  /** Asks weights that may not serve yet, however many requests wait; returns when all is read. */
  public void ask(ScoringRequest request) {
    line.addAnyway(request);
    Futures.await(request.answer());
  }

  public ScoringCounts counts() {
    return pass.counts().waiting(line.waiting());
  }

  private void run() {
    try {
      for (round = next(); !round.isEmpty(); round = next()) {
        compute();
      }
      failAll(line.closing());
    } catch (Throwable e) { // whoever waits must hear of it, whatever it is
      LOG.error("the scoring of {} broke down", model, e);
      line.breakDown(e);
      failAll(new Refusal(Reason.UNAVAILABLE, "model: " + model + " broke down: " + e, e));
      onBroken.accept(e);
    } finally {
      pass.close();
    }
  }

  private List<Piece> next() throws InterruptedException {
    line.requests().forEach(this::isWanted);
    line.remove(ScoringRequest::isOver);
    return line.take(ROUND * tokens);
  }

  private void compute() {
    Map<DecoderSession, List<Piece>> rows = new LinkedHashMap<>();
    List<Piece> others = new ArrayList<>();
    for (Piece piece : round) {
      if (isWanted(piece.request())) {
        DecoderSession session = piece.request().begin(weights);
        boolean row = piece.stretches().size() == 1 && pass.isWhole(piece.first());
        (row ? rows.computeIfAbsent(session, key -> new ArrayList<>()) : others).add(piece);
      }
    }
    rows.forEach(
        (session, pieces) ->
            Batches.cut(pieces, tokens, pass.heads()).forEach(run -> together(session, run)));
    others.forEach(this::alone);
  }

  /** Whether it is to be computed; if not, whoever asked hears why. */
  private boolean isWanted(ScoringRequest request) {
    if (!request.isOver()) {
      try {
        check(request);
      } catch (RuntimeException e) {
        request.fail(e);
      }
    }
    return !request.isOver();
  }

  private void check(ScoringRequest request) {
    Refusal.ifCancelled(request::isCancelled);
    if (line.isAbandoned()) {
      throw line.closing();
    }
  }

  private void together(DecoderSession session, List<Piece> run) {
    List<Piece> wanted = run.stream().filter(piece -> isWanted(piece.request())).toList();
    if (wanted.isEmpty()) {
      return;
    }
    try {
      pass.whole(session, wanted.stream().map(Piece::first).toList());
    } catch (RuntimeException e) {
      // No telling whose fault it was.
      LOG.error("a run of {} sequences failed", wanted.size(), e);
      wanted.forEach(piece -> piece.request().fail(e));
      return;
    }
    wanted.forEach(piece -> piece.request().pieceDone());
  }

  private void alone(Piece piece) {
    ScoringRequest request = piece.request();
    if (!isWanted(request)) {
      return;
    }
    try {
      DecoderSession session = request.begin(weights);
      for (Span stretch : piece.stretches()) {
        pass.behind(session, stretch, () -> check(request));
      }
    } catch (Refusal e) {
      request.fail(e);
      return;
    } catch (RuntimeException e) {
      LOG.error("a sequence of {} tokens failed", piece.first().length(), e);
      request.fail(e);
      return;
    }
    request.pieceDone();
  }

  private void failAll(Throwable cause) {
    round.forEach(piece -> piece.request().fail(cause));
    line.remove(request -> true).forEach(piece -> piece.request().fail(cause));
  }

  /** Gives what is under way that much time, then fails it; returns when the thread has ended. */
  public void close(Duration patience) {
    line.close(patience);
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true; // the weights must not go while the thread uses them
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
