package org.rlaif.training.service;

import com.google.common.util.concurrent.MoreExecutors;
import com.google.common.util.concurrent.ThreadFactoryBuilder;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Calls that are answered by many messages, each made when its caller has room for it: who reads
 * slowly, or not at all, costs one message and no thread.
 */
final class Streams implements AutoCloseable {
  /** How long something new may wait to be found. */
  private static final Duration LOOK = Duration.ofMillis(200);

  private static final int MOST = 1000;

  /**
   * Where messages come from.
   *
   * @param <R> a message
   */
  interface Source<R> extends AutoCloseable {
    /** What has become of a stream. */
    enum After {
      /** There may be more at once. */
      MORE,
      /** There is no more, now. */
      WAIT,
      /** There will be no more. */
      END
    }

    /** Sends a few messages, if there are any. */
    After send(StreamObserver<R> call) throws IOException;

    @Override
    default void close() throws IOException {}
  }

  private final Set<Open<?>> open = ConcurrentHashMap.newKeySet();
  private final ExecutorService threads =
      Executors.newCachedThreadPool(
          new ThreadFactoryBuilder().setNameFormat("rlaif-stream-%d").setDaemon(true).build());
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(
          new ThreadFactoryBuilder().setNameFormat("rlaif-streams").setDaemon(true).build());

  @SuppressWarnings("FutureReturnValueIgnored") // it ends with the clock
  Streams() {
    clock.scheduleWithFixedDelay(
        () -> open.forEach(Open::wake), LOOK.toMillis(), LOOK.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Answers a call, within the method that does. */
  <R> void answer(StreamObserver<R> observer, Source<R> source) {
    if (open.size() >= MOST) {
      throw Status.RESOURCE_EXHAUSTED
          .withDescription("streams: " + MOST + " are open (expected: fewer)")
          .asRuntimeException();
    }
    var stream = new Open<>((ServerCallStreamObserver<R>) observer, source);
    open.add(stream);
    stream.wake();
  }

  /** Ends all of them: their callers may ask again, a server that is back. */
  @Override
  public void close() {
    open.forEach(Open::stop);
    clock.shutdownNow();
    threads.shutdown(); // what is being sent is sent
  }

  private final class Open<R> {
    private final ServerCallStreamObserver<R> call;
    private final Source<R> source;
    private final Executor executor = MoreExecutors.newSequentialExecutor(threads);
    private boolean over; // of the executor alone

    Open(ServerCallStreamObserver<R> call, Source<R> source) {
      this.call = call;
      this.source = source;
      call.setOnReadyHandler(this::wake);
      call.setOnCancelHandler(() -> run(this::end));
    }

    void wake() {
      run(this::send);
    }

    void stop() {
      run(
          () -> {
            if (!over) {
              call.onError(
                  Status.UNAVAILABLE
                      .withDescription("the server stops; ask again for what comes after this")
                      .asRuntimeException());
              end();
            }
          });
    }

    private void run(Runnable work) {
      try {
        executor.execute(work);
      } catch (RejectedExecutionException e) { // all streams have been told to end
      }
    }

    private void send() {
      try {
        var after = Source.After.MORE;
        while (!over && after == Source.After.MORE && call.isReady()) {
          after = source.send(call);
        }
        if (!over && after == Source.After.END) {
          call.onCompleted();
          end();
        }
      } catch (IOException | RuntimeException e) {
        call.onError(e);
        end();
      }
    }

    private void end() {
      over = true;
      open.remove(this);
      try {
        source.close();
      } catch (IOException e) { // it was only read
        throw new IllegalStateException("a file that was read cannot be closed", e);
      }
    }
  }
}
