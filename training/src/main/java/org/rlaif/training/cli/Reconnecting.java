package org.rlaif.training.cli;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import org.rlaif.kit.Retry;

/** Streams that break off because a server stops, or is out of reach for a while, go on. */
final class Reconnecting {
  private static final Duration PAUSE = Duration.ofMillis(500);

  private final long patienceMs;
  private long heard;
  private boolean everHeard;

  /**
   * @param patienceMs how long a server that has answered before may be silent
   */
  Reconnecting(long patienceMs) {
    this.patienceMs = patienceMs;
  }

  /** Something came. */
  void hear() {
    heard = System.nanoTime();
    everHeard = true;
  }

  /** Waits a moment after a failure, or throws it: asking again is of no use. */
  void pause(StatusRuntimeException failure) {
    Status.Code code = failure.getStatus().getCode();
    boolean cut = code == Status.Code.UNAVAILABLE || code == Status.Code.DEADLINE_EXCEEDED;
    long silentMs = (System.nanoTime() - heard) / 1_000_000;
    if (!cut || !everHeard || (code == Status.Code.UNAVAILABLE && silentMs > patienceMs)) {
      throw failure;
    }
    Retry.sleep(PAUSE, "the server");
  }
}
