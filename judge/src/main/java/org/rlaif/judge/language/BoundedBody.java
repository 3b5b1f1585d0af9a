package org.rlaif.judge.language;

import java.io.ByteArrayOutputStream;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/** The beginning of an HTTP body: however long it is, only so much of it becomes memory. */
final class BoundedBody implements BodySubscriber<BoundedBody.Text> {

  /**
   * What came.
   *
   * @param text decoded as UTF-8
   * @param whole whether there was no more than that
   */
  record Text(String text, boolean whole) {}

  private final int limit;
  private final ByteArrayOutputStream taken = new ByteArrayOutputStream();
  private final CompletableFuture<Text> done = new CompletableFuture<>();
  private Flow.@Nullable Subscription subscription;

  /**
   * Takes a body.
   *
   * @param limit in bytes
   */
  BoundedBody(int limit) {
    this.limit = limit;
  }

  @Override
  public CompletionStage<Text> getBody() {
    return done;
  }

  @Override
  public void onSubscribe(Flow.Subscription subscription) {
    this.subscription = subscription;
    subscription.request(Long.MAX_VALUE);
  }

  @Override
  public void onNext(List<ByteBuffer> parts) {
    for (ByteBuffer part : parts) {
      byte[] bytes = new byte[Math.min(part.remaining(), limit - taken.size())];
      part.get(bytes);
      taken.writeBytes(bytes);
      if (part.hasRemaining()) {
        finish(false);
        if (subscription != null) {
          subscription.cancel(); // closes the connection
        }
        return;
      }
    }
  }

  @Override
  public void onError(Throwable failure) {
    done.completeExceptionally(failure);
  }

  @Override
  public void onComplete() {
    finish(true);
  }

  private void finish(boolean whole) {
    done.complete(new Text(taken.toString(StandardCharsets.UTF_8), whole));
  }
}
