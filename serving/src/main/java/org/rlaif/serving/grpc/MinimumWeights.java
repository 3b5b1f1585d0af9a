package org.rlaif.serving.grpc;

import io.grpc.Context;
import io.grpc.Deadline;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.rlaif.kit.UserError;
import org.rlaif.serving.engine.ServedModel;

/** Requests that name the oldest weights they take. */
final class MinimumWeights {
  private static final Duration WITHOUT_DEADLINE = Duration.ofMinutes(1);

  /** For the answer's way back: this share of what is left, at most MOST_LEFT. */
  private static final int SHARE_LEFT = 4;

  private static final long MOST_LEFT = TimeUnit.MILLISECONDS.toNanos(200);

  private MinimumWeights() {}

  /** Waits for weights of that version; a sentence is there before the deadline is. */
  static void await(ServedModel model, long minimum) {
    UserError.require(minimum >= 0, "min_weights_version", minimum, ">= 0");
    if (minimum > model.weightsVersion()) {
      model.awaitWeights(minimum, patience(), Context.current()::isCancelled);
    }
  }

  private static Duration patience() {
    Deadline deadline = Context.current().getDeadline();
    if (deadline == null) {
      return WITHOUT_DEADLINE;
    }
    long left = Math.max(0, deadline.timeRemaining(TimeUnit.NANOSECONDS));
    return Duration.ofNanos(left - Math.min(left / SHARE_LEFT, MOST_LEFT));
  }
}
