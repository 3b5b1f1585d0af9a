package org.rlaif.serving.os;

import com.sun.jna.Function;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import com.sun.jna.ptr.IntByReference;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What Java cannot ask of the system: when a thread runs, and where memory comes from. By the
 * names, and with the numbers, of Linux and its C library; elsewhere nothing is changed. What the
 * system refuses stays as it was, and whoever asked is told.
 */
public final class CLibrary {
  private static final Logger LOG = LoggerFactory.getLogger(CLibrary.class);
  private static final int NO_SUCH_FUNCTION = Integer.MIN_VALUE;

  // sched.h
  private static final int SCHED_OTHER = 0;
  private static final int SCHED_IDLE = 5;

  // malloc.h
  private static final int M_TRIM_THRESHOLD = -1;
  private static final int M_MMAP_THRESHOLD = -3;

  /** As setpriority and sched_setscheduler name the current thread. */
  private static final int CURRENT = 0;

  private CLibrary() {}

  /** Linux's number of the current thread. */
  static int threadId() {
    return call("gettid");
  }

  /**
   * The current thread's part of a core that others want, too: from 0, what everybody has, to 19.
   * Everybody may raise it.
   */
  static boolean niceness(int niceness) {
    return isDone("setpriority", 0, 0, CURRENT, niceness);
  }

  /**
   * The current thread runs where nobody else wants to, and makes way at once. Everybody may enter
   * this; an ordinary user may not leave it (sched(7): RLIMIT_NICE), and threads inherit it.
   */
  static boolean runWhenIdle() {
    return isDone("sched_setscheduler", 0, CURRENT, SCHED_IDLE, new IntByReference(0));
  }

  /** The thread runs by its niceness. */
  static boolean runAsOthers(int thread) {
    return isDone("sched_setscheduler", 0, thread, SCHED_OTHER, new IntByReference(0));
  }

  /**
   * Whether a thread of this niceness that runs when idle may be told to run as others again: tried
   * by a thread that then ends.
   */
  static boolean mayStopWaiting(int niceness) {
    return CompletableFuture.supplyAsync(
            () -> niceness(niceness) && runWhenIdle() && runAsOthers(CURRENT),
            trial -> new Thread(trial, "may-stop-waiting").start())
        .join();
  }

  /** Pieces of at least {@code bytes} are mapped each by itself, and given back when freed. */
  static boolean mapFrom(int bytes) {
    return isDone("mallopt", 1, M_MMAP_THRESHOLD, bytes);
  }

  /** {@code bytes} that are free at the end of the rest are kept. */
  static boolean keep(int bytes) {
    return isDone("mallopt", 1, M_TRIM_THRESHOLD, bytes);
  }

  /**
   * Whole pages that are free go back to the system; whether there were any, where that is known.
   * malloc_trim(3).
   */
  public static boolean giveBack() {
    return call("malloc_trim", new NativeLong(0)) == 1;
  }

  /**
   * @param success what the function returns then
   */
  private static boolean isDone(String name, int success, Object... arguments) {
    int result = call(name, arguments);
    if (result != success && result != NO_SUCH_FUNCTION) {
      LOG.debug("{} was refused: {}, errno {}", name, result, Native.getLastError());
    }
    return result == success;
  }

  private static int call(String name, Object... arguments) {
    try {
      return Function.getFunction("c", name).invokeInt(arguments);
    } catch (LinkageError e) {
      LOG.debug("{} is not to be had here", name, e);
      return NO_SUCH_FUNCTION;
    }
  }
}
