package org.rlaif.serving.engine;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * A thread for heavy work beside decoding: Linux runs it where decoding leaves a core idle, and
 * takes the core away as soon as decoding wants it. (By niceness alone it would keep the core for
 * some milliseconds, and a decode step wants it a hundred times.) What has taken long all the same
 * goes on as a thread that gets a little of a core in any case. Elsewhere it is a thread like
 * others.
 */
final class Aside implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /** A thirtieth of a core that another thread wants, too. */
  private static final int NICENESS = 15;

  private final ExecutorService executor;
  private final Duration patience;
  private volatile int thread;

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
              var thread = new Thread(() -> whenIdle(work), name);
              thread.setDaemon(true);
              return thread;
            });
  }

  private void whenIdle(Runnable work) {
    thread = CLibrary.threadId();
    CLibrary.niceness(thread, NICENESS);
    CLibrary.runWhenIdle(thread);
    work.run();
  }

  /** Waits for it; a failure is thrown as it is. */
  <T> T run(Supplier<T> work) {
    CompletableFuture<T> done = CompletableFuture.supplyAsync(work, executor);
    if (isDoneSoon(done)) {
      return Scorer.await(done);
    }
    CLibrary.runAsOthers(thread);
    try {
      return Scorer.await(done);
    } finally {
      CLibrary.runWhenIdle(thread);
    }
  }

  void run(Runnable work) {
    run(
        () -> {
          work.run();
          return true;
        });
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
