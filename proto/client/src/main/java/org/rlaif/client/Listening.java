package org.rlaif.client;

import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Hands the messages of one call to a consumer, one after the other; the next one is asked for when
 * the consumer returns.
 *
 * @param <Q> the request
 * @param <R> a message
 * @param <T> what the future gives when the call is over
 */
final class Listening<Q, R, T> implements ClientResponseObserver<Q, R> {
  private final Connection connection;
  private final String what;
  private final Consumer<R> each;
  private final Supplier<T> result;
  private final CompletableFuture<T> future = new CompletableFuture<>();

  Listening(Connection connection, String what, Consumer<R> each, Supplier<T> result) {
    this.connection = connection;
    this.what = what;
    this.each = each;
    this.result = result;
  }

  /** Fails with a {@link StatusRuntimeException}; cancelling it cancels the call. */
  CompletableFuture<T> future() {
    return future;
  }

  @Override
  @SuppressWarnings("FutureReturnValueIgnored") // nothing comes after the cancelling
  public void beforeStart(ClientCallStreamObserver<Q> call) {
    future.whenComplete(
        (done, failure) -> {
          if (failure != null) { // without effect if the call failed by itself
            call.cancel("nobody waits for it any more", failure);
          }
        });
  }

  @Override
  public void onNext(R message) {
    try {
      each.accept(message);
    } catch (RuntimeException e) {
      future.completeExceptionally(e);
    }
  }

  @Override
  public void onError(Throwable failure) {
    future.completeExceptionally(
        failure instanceof StatusRuntimeException e ? connection.explained(what, e) : failure);
  }

  @Override
  public void onCompleted() {
    future.complete(result.get());
  }
}
