package org.rlaif.serving.grpc;

import com.google.common.util.concurrent.MoreExecutors;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * The messages of one call, made and sent by one thread at a time, in their order, and no faster
 * than the caller reads them: the others wait here, and whoever asks {@link #isBehind} makes no
 * more. The first failure ends the call, be it the engine's or one while a message was made: else
 * the caller would wait for what never comes.
 */
final class Outgoing {
  /** Messages that wait before a call is behind, and when it no longer is. */
  static final int MOST = 16;

  private static final int FEW = 4;

  private final StreamObserver<?> observer;
  private final @Nullable ServerCallStreamObserver<?> call;
  private final Executor executor;

  private final Deque<Runnable> waiting = new ArrayDeque<>(); // guarded by itself
  private volatile boolean behind;

  // Of the call's thread alone.
  private boolean failed;

  /**
   * Within the method that answers, for it listens to the call.
   *
   * @param observer is told the failure; messages tell it the rest
   */
  Outgoing(StreamObserver<?> observer, Executor executor) {
    this.observer = observer;
    this.call = observer instanceof ServerCallStreamObserver<?> open ? open : null;
    this.executor = MoreExecutors.newSequentialExecutor(executor);
    if (call != null) {
      call.setOnReadyHandler(this::wake);
    }
  }

  /** Makes and sends a message, once the caller has room for it, unless something failed before. */
  void send(Runnable message) {
    synchronized (waiting) {
      waiting.add(message);
      behind |= waiting.size() >= MOST;
    }
    wake();
  }

  /** Ends the call; what a caller has no room for is not sent any more. */
  void fail(Throwable cause) {
    execute(
        () -> {
          sendSome();
          if (!failed) {
            end(cause);
          }
        });
  }

  /** Whether so much waits for the caller that no more should be made. */
  boolean isBehind() {
    return behind;
  }

  private void wake() {
    execute(this::sendSome);
  }

  private void execute(Runnable work) {
    try {
      executor.execute(work);
    } catch (RejectedExecutionException e) {
      // The server has closed, and its calls with it: nobody waits for what is left.
    }
  }

  private void sendSome() {
    while (!failed && (call == null || call.isReady())) {
      Runnable message = next();
      if (message == null) {
        return;
      }
      try {
        message.run();
      } catch (RuntimeException | Error e) {
        end(e);
      }
    }
  }

  private @Nullable Runnable next() {
    synchronized (waiting) {
      Runnable message = waiting.poll();
      behind &= waiting.size() > FEW;
      return message;
    }
  }

  private void end(Throwable cause) {
    failed = true;
    synchronized (waiting) {
      waiting.clear();
      behind = false;
    }
    observer.onError(cause);
  }
}
