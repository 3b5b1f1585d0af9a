package org.rlaif.serving.grpc;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.rlaif.serving.os.NativeMemory;

/**
 * When no call is under way, what calls took outside of Java is given back to the system: the C
 * library keeps it otherwise, gigabytes after many large requests. It takes some milliseconds, in
 * which others wait who want memory; where there is no pause for minutes, it happens all the same.
 */
final class Pauses implements AutoCloseable {
  private static final int SECONDS = 10;
  private static final int MOST_ROUNDS = 30;

  private final Calls calls;
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(
          work -> {
            var thread = new Thread(work, "rlaif-pauses");
            thread.setDaemon(true);
            return thread;
          });

  // Of the clock's thread.
  private long endedBefore;
  private int rounds;

  @SuppressWarnings("FutureReturnValueIgnored") // it ends with the clock
  Pauses(Calls calls) {
    this.calls = calls;
    clock.scheduleWithFixedDelay(this::look, SECONDS, SECONDS, TimeUnit.SECONDS);
  }

  private void look() {
    long ended = calls.ended();
    if (ended == endedBefore) {
      return;
    }
    rounds++;
    if (calls.isPause() || rounds >= MOST_ROUNDS) {
      NativeMemory.giveBack();
      endedBefore = ended;
      rounds = 0;
    }
  }

  @Override
  public void close() {
    clock.shutdownNow();
  }
}
