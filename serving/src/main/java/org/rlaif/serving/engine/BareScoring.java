package org.rlaif.serving.engine;

import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.rlaif.serving.graph.DecoderSession;
import org.rlaif.serving.graph.GraphSpec;
import org.rlaif.serving.score.LogprobPieces;
import org.rlaif.serving.score.ScoringConfig;
import org.rlaif.serving.score.ScoringItem;
import org.rlaif.serving.score.ScoringPass;
import org.rlaif.serving.score.ScoringRequest;
import org.rlaif.serving.score.ScoringRequest.Piece;
import org.rlaif.serving.score.Span;
import org.rlaif.serving.weights.LiveWeights.Lease;

/**
 * What scoring is measured against: one sequence after the other through the engine's graph, each
 * in a run of its own, with nothing around it. Used by one thread.
 */
public final class BareScoring implements AutoCloseable {
  private final Supplier<Lease> weights;
  private final ScoringPass pass;

  /** Puts an item into a request. */
  private final BiConsumer<ScoringRequest, ScoringItem> asking;

  private BareScoring(
      GraphSpec graph, Supplier<Lease> weights, BiConsumer<ScoringRequest, ScoringItem> asking) {
    this.weights = weights;
    this.pass = new ScoringPass(graph, ScoringConfig.DEFAULT.tokens());
    this.asking = asking;
  }

  /** Log-probabilities. */
  public static BareScoring of(PolicyEngine engine) {
    return new BareScoring(
        engine.graph(),
        engine::lease,
        (request, item) ->
            LogprobPieces.add(request, item.prompt(), List.of(item.completion()), 1));
  }

  /** Scores. */
  public static BareScoring of(RewardEngine engine) {
    return new BareScoring(
        engine.graph(),
        engine::lease,
        (request, item) -> request.add(List.of(item.span(engine.config(), raw -> {})), 1));
  }

  /** Returns how long it took, in nanoseconds. */
  public long run(List<ScoringItem> items) {
    try (Lease lease = weights.get()) {
      long start = System.nanoTime();
      for (ScoringItem item : items) {
        var request = ScoringRequest.of(lease.session());
        asking.accept(request, item);
        for (Piece piece : request.pieces()) {
          run(lease.session(), piece.first());
        }
      }
      return System.nanoTime() - start;
    }
  }

  private void run(DecoderSession session, Span span) {
    if (pass.isWhole(span)) {
      pass.whole(session, List.of(span));
    } else {
      pass.behind(session, span, () -> {});
    }
  }

  @Override
  public void close() {
    pass.close();
  }
}
