package org.rlaif.serving.grpc;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.function.Function;

/** The one message of a call, once the engine has found it; until then no thread waits. */
final class WholeAnswer {
  private WholeAnswer() {}

  static <R> void answer(StreamObserver<R> observer, R message) {
    observer.onNext(message);
    observer.onCompleted();
  }

  @SuppressWarnings("FutureReturnValueIgnored") // whoever called is told, one way or the other
  static <T, R> void send(
      CompletableFuture<T> found,
      Function<T, R> message,
      StreamObserver<R> observer,
      Executor executor) {
    // The engine asks the call's context; with a handler, what comes too late is no error.
    ((ServerCallStreamObserver<R>) observer).setOnCancelHandler(() -> {});
    found
        .thenApplyAsync(message, executor)
        .whenComplete(
            (answer, failure) -> {
              if (failure != null) {
                observer.onError(cause(failure));
              } else {
                answer(observer, answer);
              }
            });
  }

  private static Throwable cause(Throwable failure) {
    Throwable cause = failure.getCause();
    return failure instanceof CompletionException && cause != null ? cause : failure;
  }
}
