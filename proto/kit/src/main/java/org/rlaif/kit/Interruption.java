package org.rlaif.kit;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * While it is open, a signal that ends the process (SIGINT as Ctrl-C sends it, SIGTERM, SIGHUP) is
 * answered with a line on standard error. The exit code is Java's own, which is what shells expect:
 * 128 and the signal's number.
 *
 * <p>Work that has a good place to stop says so with {@link #grace}; the process then ends when it
 * has come to that place.
 */
public final class Interruption implements AutoCloseable {
  /** How long an ending process waits for a good place to stop. */
  static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final AtomicReference<@Nullable Grace> WORK = new AtomicReference<>();
  private static volatile boolean requested;

  private final Thread hook;

  private Interruption(Thread hook) {
    this.hook = hook;
  }

  /**
   * Says that a command was interrupted, and what that means.
   *
   * @param command what it is called, for example {@code "rlaif"}
   * @param meaning for example {@code "nothing was written"}
   */
  public static Interruption says(String command, String meaning) {
    Thread hook =
        new Thread(
            () -> {
              requested = true;
              TerminalLine.leave();
              Grace work = WORK.get();
              if (work != null) {
                System.err.println(command + ": interrupted; " + work.until);
                work.await();
              }
              System.err.println(command + ": interrupted; " + meaning);
            },
            "rlaif-interrupted");
    Runtime.getRuntime().addShutdownHook(hook);
    return new Interruption(hook);
  }

  /** Whether the process is about to end. */
  public static boolean isRequested() {
    return requested;
  }

  /** For whoever has stopped because of it: the process ends in a moment, and says why. */
  public static void awaitEnd() {
    try {
      Thread.sleep(PATIENCE.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Has an ending process wait, for a minute at most, until this is closed.
   *
   * @param until what is waited for, for example {@code "ends after this step"}
   */
  public static Grace grace(String until) {
    Grace grace = new Grace(until);
    WORK.set(grace);
    return grace;
  }

  /** Work that comes to a good place to stop. */
  public static final class Grace implements AutoCloseable {
    private final String until;
    private final CountDownLatch over = new CountDownLatch(1);

    private Grace(String until) {
      this.until = until;
    }

    private void await() {
      try {
        if (!over.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
          System.err.println("rlaif: no good place to stop within " + PATIENCE.toSeconds() + " s");
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public void close() {
      WORK.compareAndSet(this, null);
      over.countDown();
    }
  }

  @Override
  public void close() {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException alreadyEnding) {
      // Then it says so.
    }
  }
}
