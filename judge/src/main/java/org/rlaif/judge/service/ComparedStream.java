package org.rlaif.judge.service;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.rlaif.kit.UserError;
import org.rlaif.v1.JudgeComparison;
import org.rlaif.v1.JudgePair;

/**
 * Pairs as they come, in batches of what is there: a client may wait for an answer before it sends
 * the next pair, or send as fast as it can. No more are taken in than are being answered.
 */
final class ComparedStream implements StreamObserver<JudgePair> {
  /** Pairs that the judge is asked about together. */
  private static final int AT_A_TIME = 32;

  private final ServerCallStreamObserver<JudgeComparison> out;
  private final Executor executor;
  private final Function<List<JudgePair>, List<JudgeComparison>> compare;
  private final Deque<JudgePair> waiting = new ArrayDeque<>(); // guarded by this
  private boolean working; // guarded by this
  private boolean ended; // guarded by this

  ComparedStream(
      ServerCallStreamObserver<JudgeComparison> out,
      Executor executor,
      Function<List<JudgePair>, List<JudgeComparison>> compare) {
    this.out = out;
    this.executor = executor;
    this.compare = compare;
    out.setOnCancelHandler(this::cancel); // with one, an answer that comes too late is no error
    out.disableAutoRequest();
    out.request(2 * AT_A_TIME); // one batch is answered while the next comes
  }

  @Override
  public synchronized void onNext(JudgePair pair) {
    waiting.add(pair);
    begin();
  }

  @Override
  public synchronized void onCompleted() {
    ended = true;
    begin();
  }

  @Override
  public void onError(Throwable gone) {
    cancel();
  }

  private synchronized void cancel() {
    waiting.clear();
  }

  private void begin() {
    if (!working) {
      working = true;
      executor.execute(this::work);
    }
  }

  /** The judge cannot be asked; the request is not to blame. */
  static RuntimeException unavailable(UserError e) {
    return Status.UNAVAILABLE.withDescription(e.getMessage()).withCause(e).asRuntimeException();
  }

  private void work() {
    try {
      for (List<JudgePair> batch = next(); !batch.isEmpty(); batch = next()) {
        compare.apply(batch).forEach(out::onNext);
        out.request(batch.size());
      }
    } catch (UserError e) {
      out.onError(unavailable(e));
    } catch (StatusRuntimeException e) {
      out.onError(e);
    } catch (RuntimeException e) {
      out.onError(Status.INTERNAL.withCause(e).asRuntimeException());
    }
  }

  /**
   * What waits, as far as it is asked about together; empty: nothing, and nobody works any more.
   */
  private synchronized List<JudgePair> next() {
    List<JudgePair> batch = new ArrayList<>();
    while (!waiting.isEmpty() && batch.size() < AT_A_TIME) {
      batch.add(waiting.remove());
    }
    if (batch.isEmpty()) {
      working = false;
      if (ended && !out.isCancelled()) {
        out.onCompleted();
      }
    }
    return batch;
  }
}
