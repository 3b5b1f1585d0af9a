package org.rlaif.training.onpolicy;

import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.rlaif.kit.UserError;

/** A thread for work beside its owner's, made when there is some. */
final class Beside implements AutoCloseable {
  private static final Duration END = Duration.ofSeconds(10);

  private final String name;
  private final Duration patience;
  private final ExecutorService thread;

  /**
   * @param name of the thread
   * @param patience how long a piece of work is waited for
   */
  Beside(String name, Duration patience) {
    this.name = name;
    this.patience = patience;
    this.thread =
        Executors.newSingleThreadExecutor(
            work -> {
              var one = new Thread(work, name);
              one.setDaemon(true);
              return one;
            });
  }

  /**
   * Begins a piece of work.
   *
   * @param what it makes, in errors
   * @return waits for what comes of it, and fails as it has failed
   */
  <T> Supplier<T> begin(String what, Supplier<T> work) {
    Future<T> running = thread.submit(work::get);
    return () -> await(what, running);
  }

  private <T> T await(String what, Future<T> running) {
    try {
      return running.get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      if (e.getCause() instanceof Error failure) {
        throw failure;
      }
      throw new IllegalStateException(what, e);
    } catch (TimeoutException e) {
      throw new UserError(what + " is not there after " + patience.toMillis() / 1e3 + " s", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for " + what, e);
    }
  }

  /** Ends what is at work, and waits a moment for that. */
  @Override
  public void close() {
    thread.shutdownNow();
    try {
      if (!thread.awaitTermination(END.toSeconds(), TimeUnit.SECONDS)) {
        System.err.println("rlaif: %s has not ended after %d s".formatted(name, END.toSeconds()));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
