package org.rlaif.serving.os;

import com.google.common.util.concurrent.Uninterruptibles;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A thread for heavy work beside decoding: Linux gives it little of a core that decoding wants.
 * What it does {@link #natively} runs only where a core is idle, and makes way at once: by niceness
 * alone it would keep the core for some milliseconds, and a decode step wants it a hundred times.
 * (In Java it may not wait for an idle core: everybody who wants to collect garbage waits for it.)
 * Such work has a thread of its own, which ends with it, as an ordinary user's cannot return.
 *
 * <p>What has taken long all the same goes on by its niceness. Whom the system does not allow that
 * (most ordinary users: {@link CLibrary#mayStopWaiting}) is merely nice from the start: work that
 * nobody can call back might wait for as long as rows decode. Elsewhere than on Linux it is a
 * thread like others.
 */
public final class BackgroundThread implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /** A thirtieth of a core that one other thread wants, too. */
  private static final int NICENESS = 15;

  private static final int NONE = -1;

  /** The one whose thread this is. */
  private static final ThreadLocal<@Nullable BackgroundThread> CURRENT = new ThreadLocal<>();

  /** Whether a thread that waits for an idle core can be called back. */
  private static final boolean CAN_WAIT = CLibrary.mayStopWaiting(NICENESS);

  private final String name;
  private final ExecutorService executor;
  private final Duration patience;

  /** Linux's number of the thread that waits for an idle core now. */
  private int waiting = NONE; // guarded by this

  private boolean late; // guarded by this

  public BackgroundThread(String name) {
    this(name, PATIENCE);
  }

  /**
   * @param patience work that takes longer gets a little of a core in any case
   */
  BackgroundThread(String name, Duration patience) {
    this.name = name;
    this.patience = patience;
    this.executor = Executors.newSingleThreadExecutor(work -> daemon(() -> nicely(work), name));
  }

  private static Thread daemon(Runnable work, String name) {
    var thread = new Thread(work, name);
    thread.setDaemon(true);
    return thread;
  }

  private void nicely(Runnable work) {
    CLibrary.niceness(NICENESS);
    CURRENT.set(this);
    work.run();
  }

  /** Waits for it; a failure is thrown as it is. */
  public <T> T run(Supplier<T> work) {
    synchronized (this) {
      late = false;
    }
    CompletableFuture<T> done = CompletableFuture.supplyAsync(work, executor);
    if (!isDoneSoon(done)) {
      hurry();
    }
    return Futures.await(done);
  }

  private synchronized void hurry() {
    late = true;
    if (waiting != NONE) {
      CLibrary.runAsOthers(waiting);
    }
  }

  public void run(Runnable work) {
    run(
        () -> {
          work.run();
          return true;
        });
  }

  /** Work outside of Java, with its own kind of failure. */
  public interface Native<T, E extends Exception> {
    T run() throws E;
  }

  /** Does what takes long outside of Java, on whatever thread. */
  public static <T, E extends Exception> T natively(Native<T, E> work) throws E {
    BackgroundThread mine = CURRENT.get();
    return mine == null || !mine.mayWait() ? work.run() : mine.whenIdle(work);
  }

  private synchronized boolean mayWait() {
    return CAN_WAIT && !late;
  }

  private <T, E extends Exception> T whenIdle(Native<T, E> work) throws E {
    var task = new FutureTask<T>(() -> waitingForACore(work));
    daemon(task, name + "-natively").start(); // as nice as this one
    try {
      // Uninterruptibly: it works with what the caller may free.
      return Objects.requireNonNull(Uninterruptibles.getUninterruptibly(task));
    } catch (ExecutionException e) {
      throw BackgroundThread.<E>failure(Objects.requireNonNull(e.getCause()));
    }
  }

  private <T, E extends Exception> T waitingForACore(Native<T, E> work) throws E {
    synchronized (this) {
      if (!late && CLibrary.runWhenIdle()) {
        waiting = CLibrary.threadId();
      }
    }
    try {
      return work.run();
    } finally {
      synchronized (this) {
        waiting = NONE;
      }
    }
  }

  /** A failure of work that declares it. */
  // What is thrown is unchecked, or what the work declares.
  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private static <E extends Exception> E failure(Throwable thrown) {
    if (thrown instanceof Error error) {
      throw error;
    }
    return (E) thrown;
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
