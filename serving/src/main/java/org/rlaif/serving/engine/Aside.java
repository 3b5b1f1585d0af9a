package org.rlaif.serving.engine;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A thread for heavy work beside decoding: Linux gives it little of a core that decoding wants.
 * Where it works {@link #natively}, it runs only where a core is idle, and makes way at once: by
 * niceness alone it would keep the core for some milliseconds, and a decode step wants it a hundred
 * times. (In Java it may not wait for an idle core: everybody who wants to collect garbage waits
 * for it.) What has taken long all the same goes on by its niceness. Elsewhere it is a thread like
 * others.
 */
final class Aside implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /** A thirtieth of a core that one other thread wants, too. */
  private static final int NICENESS = 15;

  /** The one whose thread this is. */
  private static final ThreadLocal<@Nullable Aside> CURRENT = new ThreadLocal<>();

  private final ExecutorService executor;
  private final Duration patience;
  private volatile int thread;
  private volatile boolean late;

  Aside(String name) {
    this(name, PATIENCE);
  }

  /**
   * @param patience work that takes longer gets a little of a core in any case
   */
  Aside(String name, Duration patience) {
    this.patience = patience;
    this.executor =
        Executors.newSingleThreadExecutor(
            work -> {
              var thread = new Thread(() -> nicely(work), name);
              thread.setDaemon(true);
              return thread;
            });
  }

  private void nicely(Runnable work) {
    thread = CLibrary.threadId();
    CLibrary.niceness(thread, NICENESS);
    CURRENT.set(this);
    work.run();
  }

  /** Waits for it; a failure is thrown as it is. */
  <T> T run(Supplier<T> work) {
    late = false;
    CompletableFuture<T> done = CompletableFuture.supplyAsync(work, executor);
    if (!isDoneSoon(done)) {
      late = true;
      CLibrary.runAsOthers(thread);
    }
    return Scorer.await(done);
  }

  void run(Runnable work) {
    run(
        () -> {
          work.run();
          return true;
        });
  }

  /** Work outside of Java, with its own kind of failure. */
  interface Native<T, E extends Exception> {
    T run() throws E;
  }

  /** Does what takes long outside of Java, on whatever thread. */
  static <T, E extends Exception> T natively(Native<T, E> work) throws E {
    Aside mine = CURRENT.get();
    if (mine == null || mine.late) {
      return work.run();
    }
    CLibrary.runWhenIdle(mine.thread);
    try {
      return work.run();
    } finally {
      CLibrary.runAsOthers(mine.thread);
    }
  }

  private boolean isDoneSoon(CompletableFuture<?> work) {
    try {
      work.get(patience.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  @Override
  public void close() {
    executor.shutdown();
  }
}
