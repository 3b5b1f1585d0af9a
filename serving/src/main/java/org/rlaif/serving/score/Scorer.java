package org.rlaif.serving.score;

import com.google.common.util.concurrent.Uninterruptibles;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.rlaif.serving.graph.DecoderSession;
import org.rlaif.serving.graph.GraphSpec;
import org.rlaif.serving.os.Futures;
import org.rlaif.serving.queue.Quota;
import org.rlaif.serving.queue.Refusal;
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

  private final GraphSpec graph;
  private final String model;
  private final LiveWeights weights;
  private final int tokens;
  private final ScoringQueue queue;
  private final ScoringPass pass;
  private final Consumer<Throwable> onBroken;
  private final Thread thread;

  // Of the thread alone.
  private List<Piece> round = List.of();

  /**
   * @param graph of the sessions that are asked
   * @param quota of sequences that wait
   * @param onBroken hears of an error that ended the thread
   */
  public Scorer(
      GraphSpec graph,
      LiveWeights weights,
      ScoringConfig settings,
      Quota quota,
      Consumer<Throwable> onBroken) {
    this.graph = graph;
    this.model = quota.model();
    this.weights = weights;
    this.tokens = settings.tokens();
    this.queue = new ScoringQueue(quota, tokens, settings.delay());
    this.pass = new ScoringPass(graph, tokens);
    this.onBroken = onBroken;
    this.thread = new Thread(this::run, "rlaif-score-" + model);
    thread.setDaemon(true);
    thread.start();
  }

  /** Whoever has added its pieces is told by the request's answer. */
  public void submit(ScoringRequest request) {
    queue.add(request);
  }

  /** Asks weights that may not serve yet, however many requests wait; returns when all is read. */
  public void ask(ScoringRequest request) {
    queue.addAnyway(request);
    Futures.await(request.answer());
  }

  /** What it asks. */
  public GraphSpec graph() {
    return graph;
  }

  public ScoringCounts counts() {
    return pass.counts().waiting(queue.waiting());
  }

  private void run() {
    try {
      for (round = next(); !round.isEmpty(); round = next()) {
        compute();
      }
      failAll(queue.closing());
    } catch (Throwable e) { // whoever waits must hear of it, whatever it is
      LOG.error("the scoring of {} broke down", model, e);
      queue.breakDown(e);
      failAll(Refusal.brokeDown(model, e));
      onBroken.accept(e);
    } finally {
      pass.close();
    }
  }

  private List<Piece> next() throws InterruptedException {
    queue.requests().forEach(this::isWanted);
    queue.remove(ScoringRequest::isOver);
    return queue.take(ROUND * tokens);
  }

  private void compute() {
    Map<DecoderSession, List<Piece>> rows = new LinkedHashMap<>();
    List<Piece> others = new ArrayList<>();
    for (Piece piece : round) {
      if (isWanted(piece.request())) {
        DecoderSession session = piece.request().begin(weights);
        boolean row = piece.spans().size() == 1 && pass.isWhole(piece.first());
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
    if (queue.isAbandoned()) {
      throw queue.closing();
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
      for (Span span : piece.spans()) {
        pass.behind(session, span, () -> check(request));
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
    queue.remove(request -> true).forEach(piece -> piece.request().fail(cause));
  }

  /** Gives what is under way that much time, then fails it; returns when the thread has ended. */
  public void close(Duration patience) {
    queue.close(patience);
    Uninterruptibles.joinUninterruptibly(thread); // it uses the weights, which go next
  }
}
