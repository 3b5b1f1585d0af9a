package org.rlaif.serving.score;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.rlaif.serving.graph.DecoderSession;
import org.rlaif.serving.weights.LiveWeights;
import org.rlaif.serving.weights.LiveWeights.Lease;

/**
 * Completions to be scored, or told the log-probabilities of, under one version of the weights.
 * Whoever asks adds pieces and hands it to the {@link Scorer}, whose thread alone calls the rest.
 */
public final class ScoringRequest {
  /**
   * What is computed together: a sequence, or a prompt and then its completions, each over the one
   * before.
   *
   * @param sequences how many it is to those who wait
   */
  public record Piece(ScoringRequest request, List<Span> spans, int sequences) {
    public Span first() {
      return spans.get(0);
    }

    /** That it computes. */
    int tokens() {
      return spans.stream().mapToInt(each -> each.length() - each.from()).sum();
    }
  }

  private final String client;
  private final BooleanSupplier cancelled;
  private final List<Piece> pieces = new ArrayList<>();
  private final CompletableFuture<Long> answer = new CompletableFuture<>();
  private @Nullable DecoderSession session;
  private @Nullable Lease lease;
  private Runnable whenOver = () -> {};
  private int done;

  /**
   * @param client who asks; clients take turns
   */
  public ScoringRequest(String client, BooleanSupplier cancelled) {
    this.client = client;
    this.cancelled = cancelled;
  }

  /** Asks weights that do not serve, or not yet. */
  public static ScoringRequest of(DecoderSession session) {
    var request = new ScoringRequest("", () -> false);
    request.session = session;
    return request;
  }

  public void add(List<Span> spans, int sequences) {
    pieces.add(new Piece(this, spans, sequences));
  }

  String client() {
    return client;
  }

  public List<Piece> pieces() {
    return pieces;
  }

  int sequences() {
    return pieces.stream().mapToInt(Piece::sequences).sum();
  }

  /** The version of the weights, once all numbers have been read; 0 if it asked a session. */
  public CompletableFuture<Long> answer() {
    return answer;
  }

  /** Hears that it is answered, or failed, just before whoever asked does. */
  void whenOver(Runnable listener) {
    whenOver = listener;
  }

  boolean isCancelled() {
    return cancelled.getAsBoolean();
  }

  /** Answered, or failed: what is left of it need not be computed. */
  boolean isOver() {
    return answer.isDone();
  }

  /** The weights of its first run are those of all. */
  DecoderSession begin(LiveWeights weights) {
    if (session == null) {
      lease = weights.lease();
      session = lease.session();
    }
    return session;
  }

  void pieceDone() {
    done++;
    if (done == pieces.size()) {
      long version = lease == null ? 0 : lease.version();
      end();
      answer.complete(version);
    }
  }

  /** Without effect if it is over. */
  void fail(Throwable cause) {
    if (!isOver()) {
      end();
      answer.completeExceptionally(cause);
    }
  }

  private void end() {
    if (lease != null) {
      lease.close();
    }
    whenOver.run();
  }
}
