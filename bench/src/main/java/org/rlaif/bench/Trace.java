package org.rlaif.bench;

import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * What happened to one sequence and when, in nanoseconds of {@link System#nanoTime}. Written by one
 * thread; others may wait for its first token and count, and read the rest when it is done.
 */
final class Trace {
  private final long sent;
  private final int asked;
  private long[] arrivals;
  private volatile int count;
  private final CountDownLatch first = new CountDownLatch(1);
  private long end;
  private @Nullable Throwable failure;
  private boolean finished;

  /**
   * @param sent when it was sent, or due to be
   * @param asked tokens that were asked for
   */
  Trace(long sent, int asked) {
    this.sent = sent;
    this.asked = asked;
    this.arrivals = new long[asked];
  }

  void token(long now) {
    int index = count;
    if (index == arrivals.length) {
      arrivals = Arrays.copyOf(arrivals, 2 * index + 1);
    }
    arrivals[index] = now;
    count = index + 1;
    first.countDown();
  }

  /** Waits for the first token, or the end without one. */
  void awaitFirst() throws InterruptedException {
    first.await();
  }

  /** It was told why it ends. */
  void finish() {
    finished = true;
  }

  void end(long now) {
    end = now;
    first.countDown();
  }

  void fail(Throwable cause, long now) {
    failure = cause;
    end(now);
  }

  @Nullable Throwable failure() {
    return failure;
  }

  /** It has all tokens that it asked for, a reason why it ends, and no failure. */
  boolean isWhole() {
    return failure == null && finished && count == asked;
  }

  long sent() {
    return sent;
  }

  long ended() {
    return end;
  }

  int asked() {
    return asked;
  }

  int tokens() {
    return count;
  }

  long arrival(int token) {
    return arrivals[token];
  }

  /**
   * Times from a token to the next, where both came within a stretch of time.
   *
   * @param first index of the later token, at least; the next one's is one more, and so on
   * @param last the same at most
   */
  LongStream gaps(int first, int last, long from, long to) {
    return IntStream.rangeClosed(Math.max(1, first), Math.min(last, count - 1))
        .filter(token -> arrivals[token - 1] >= from && arrivals[token] <= to)
        .mapToLong(token -> arrivals[token] - arrivals[token - 1]);
  }

  /** Time to the first token. */
  long ttft() {
    return arrivals[0] - sent;
  }

  long endToEnd() {
    return end - sent;
  }

  /** Time per token after the first; NaN if there is no second one. */
  double tpot() {
    return count < 2 ? Double.NaN : (double) (endToEnd() - ttft()) / (count - 1);
  }
}
