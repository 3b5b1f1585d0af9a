package org.rlaif.serving.grpc;

import com.google.common.util.concurrent.MoreExecutors;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.Executor;

/**
 * The messages of one call, made and sent by one thread at a time, in their order. The first
 * failure ends the call, be it the engine's or one while a message was made: else the caller would
 * wait for what never comes.
 */
final class Outgoing {
  private final StreamObserver<?> observer;
  private final Executor executor;

  private boolean failed; // of the call's thread alone

  /**
   * @param observer is told the failure; messages tell it the rest
   */
  Outgoing(StreamObserver<?> observer, Executor executor) {
    this.observer = observer;
    this.executor = MoreExecutors.newSequentialExecutor(executor);
  }

  /** Makes and sends a message, unless something failed before. */
  void send(Runnable message) {
    executor.execute(
        () -> {
          try {
            if (!failed) {
              message.run();
            }
          } catch (RuntimeException | Error e) {
            end(e);
          }
        });
  }

  void fail(Throwable cause) {
    send(() -> end(cause));
  }

  private void end(Throwable cause) {
    failed = true;
    observer.onError(cause);
  }
}
