package org.rlaif.serving.engine;

import com.sun.jna.Function;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A thread for heavy work beside decoding: Linux runs it where decoding leaves a core idle, and
 * little besides. Elsewhere it is a thread like others.
 */
final class Aside implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Aside.class);

  /** From 0, what everybody has, to 19: a thirtieth of a core that another thread wants, too. */
  private static final int NICENESS = 15;

  private final ExecutorService thread;

  Aside(String name) {
    this.thread =
        Executors.newSingleThreadExecutor(
            work -> {
              var thread = new Thread(() -> nicely(work), name);
              thread.setDaemon(true);
              return thread;
            });
  }

  private static void nicely(Runnable work) {
    try {
      // PRIO_PROCESS, this one: Linux has a niceness for each thread.
      Function.getFunction("c", "setpriority").invokeInt(new Object[] {0, 0, NICENESS});
    } catch (LinkageError e) {
      LOG.debug("threads have no priorities here", e);
    }
    work.run();
  }

  /** Waits for it; a failure is thrown as it is. */
  <T> T run(Supplier<T> work) {
    return Scorer.await(CompletableFuture.supplyAsync(work, thread));
  }

  void run(Runnable work) {
    Scorer.await(CompletableFuture.runAsync(work, thread));
  }

  @Override
  public void close() {
    thread.shutdown();
  }
}
