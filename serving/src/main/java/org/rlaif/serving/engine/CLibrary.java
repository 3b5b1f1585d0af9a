package org.rlaif.serving.engine;

import com.sun.jna.Function;
import com.sun.jna.ptr.IntByReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What Java cannot ask of the system: when a thread runs, and where memory comes from. By the
 * names, and with the numbers, of Linux and its C library; elsewhere nothing is changed.
 */
final class CLibrary {
  private static final Logger LOG = LoggerFactory.getLogger(CLibrary.class);
  private static final int UNKNOWN = -1;

  // sched.h
  private static final int SCHED_OTHER = 0;
  private static final int SCHED_IDLE = 5;

  // malloc.h
  private static final int M_TRIM_THRESHOLD = -1;
  private static final int M_MMAP_THRESHOLD = -3;

  private CLibrary() {}

  /** Linux's number of the current thread. */
  static int threadId() {
    return call("gettid");
  }

  /** The thread's part of a core that others want, too: from 0, what everybody has, to 19. */
  static void niceness(int thread, int niceness) {
    call("setpriority", 0, thread, niceness);
  }

  /** The thread runs where nobody else wants to, and makes way at once. */
  static void runWhenIdle(int thread) {
    call("sched_setscheduler", thread, SCHED_IDLE, new IntByReference(0));
  }

  /** The thread runs by its niceness. */
  static void runAsOthers(int thread) {
    call("sched_setscheduler", thread, SCHED_OTHER, new IntByReference(0));
  }

  /** Pieces of memory of so many bytes are mapped each by itself, and given back when freed. */
  static void mapFrom(int bytes) {
    call("mallopt", M_MMAP_THRESHOLD, bytes);
  }

  /** So many bytes that are free at the end of the rest are kept. */
  static void keep(int bytes) {
    call("mallopt", M_TRIM_THRESHOLD, bytes);
  }

  private static int call(String name, Object... arguments) {
    try {
      return Function.getFunction("c", name).invokeInt(arguments);
    } catch (LinkageError e) {
      LOG.debug("{} is not to be had here", name, e);
      return UNKNOWN;
    }
  }
}
