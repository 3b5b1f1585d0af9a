package org.rlaif.serving.score;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.rlaif.serving.queue.FairQueue;
import org.rlaif.serving.queue.Quota;
import org.rlaif.serving.queue.Refusal;
import org.rlaif.serving.queue.Refusal.Reason;
import org.rlaif.serving.score.ScoringRequest.Piece;

/**
 * Requests that wait to be scored; clients take turns, piece by piece. Callers put them in, the
 * scorer's thread takes them out, several at a time.
 *
 * <p>Callers that ask again as soon as they are answered should find each other there: so the
 * thread waits for as many requests as were open at a time since it last took some, though not for
 * long. Who asks alone never waits.
 */
final class ScoringQueue {
  private final String model;
  private final int tokensPerRun;
  private final long delayNanos;

  // All guarded by this.
  private final FairQueue<Piece> pieces = new FairQueue<>();
  private final Quota quota;
  private long tokens;

  /** When the first of them came. */
  private long since;

  /** Requests that are not answered yet, and the most of them since some were taken. */
  private int open;

  private int mostOpen;
  private boolean closed;
  private boolean abandoned;
  private @Nullable Throwable broken;

  /**
   * @param quota of sequences that wait
   * @param tokensPerRun whoever has these waits for no more
   * @param delay that a request waits for others, at most
   */
  ScoringQueue(Quota quota, int tokensPerRun, Duration delay) {
    this.model = quota.model();
    this.quota = quota;
    this.tokensPerRun = tokensPerRun;
    this.delayNanos = delay.toNanos();
  }

  /** Takes all of it or, if it does not fit, nothing. */
  synchronized void add(ScoringRequest request) {
    requireOpen();
    quota.take(request.client(), request.sequences());
    put(request);
  }

  /** However many wait. */
  synchronized void addAnyway(ScoringRequest request) {
    requireOpen();
    quota.takeAnyway(request.client(), request.sequences());
    put(request);
  }

  private void requireOpen() {
    if (broken != null) {
      throw new Refusal(Reason.UNAVAILABLE, "model: " + model + " broke down", broken);
    }
    if (closed) {
      throw closing();
    }
  }

  private void put(ScoringRequest request) {
    if (pieces.isEmpty()) {
      since = System.nanoTime();
    }
    for (Piece piece : request.pieces()) {
      pieces.add(request.client(), piece);
      tokens += piece.tokens();
    }
    open++;
    mostOpen = Math.max(mostOpen, open);
    request.whenOver(this::over);
    notifyAll();
  }

  private synchronized void over() {
    open--;
    notifyAll();
  }

  /**
   * Waits for requests, and takes pieces until they have {@code enough} tokens; none if nothing
   * will come any more.
   */
  synchronized List<Piece> take(int enough) throws InterruptedException {
    while (pieces.isEmpty() && !closed) {
      wait();
    }
    awaitOthers();
    List<Piece> taken = new ArrayList<>();
    long sum = 0;
    while (sum < enough && !abandoned) {
      Piece piece = pieces.poll();
      if (piece == null) {
        break;
      }
      sum += piece.tokens();
      taken.add(piece);
    }
    left(taken);
    mostOpen = open;
    return taken;
  }

  private void awaitOthers() throws InterruptedException {
    long end = since + delayNanos;
    while (open < mostOpen && tokens < tokensPerRun && !closed) {
      long left = end - System.nanoTime();
      if (left <= 0) {
        return;
      }
      TimeUnit.NANOSECONDS.timedWait(this, left);
    }
  }

  /** Of which something waits. */
  synchronized Set<ScoringRequest> requests() {
    var requests = new HashSet<ScoringRequest>();
    pieces.forEach(piece -> requests.add(piece.request()));
    return requests;
  }

  /** Takes these out. */
  synchronized List<Piece> remove(Predicate<ScoringRequest> unwanted) {
    List<Piece> gone = pieces.removeIf(piece -> unwanted.test(piece.request()));
    left(gone);
    return gone;
  }

  private void left(List<Piece> gone) {
    for (Piece piece : gone) {
      quota.leave(piece.request().client(), piece.sequences());
      tokens -= piece.tokens();
    }
  }

  /** Sequences that no run has begun on. */
  synchronized int waiting() {
    return quota.taken();
  }

  /** Takes nothing new; gives what is there that much time, then leaves it. */
  synchronized void close(Duration patience) {
    closed = true;
    notifyAll();
    long end = System.nanoTime() + patience.toNanos();
    try {
      while (open > 0) {
        long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
        if (left <= 0) {
          break;
        }
        wait(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    abandoned = true;
  }

  /** Nobody waits for what is there to be done. */
  synchronized boolean isAbandoned() {
    return abandoned;
  }

  /** Takes nothing new, because of this. */
  synchronized void breakDown(Throwable cause) {
    broken = cause;
  }

  Refusal closing() {
    return new Refusal(Reason.UNAVAILABLE, "model: " + model + " is closing");
  }
}
