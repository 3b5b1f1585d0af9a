package org.rlaif.bench;

import io.grpc.StatusRuntimeException;
import java.util.List;
import org.rlaif.kit.UserError;

/** A comparison is worth nothing if a part of it failed. */
final class Failures {
  private Failures() {}

  static void throwFirst(List<Trace> traces) {
    for (Trace trace : traces) {
      Throwable failure = trace.failure();
      if (failure instanceof StatusRuntimeException refused) {
        throw new UserError(String.valueOf(refused.getStatus().getDescription()), refused);
      }
      if (failure != null) {
        throw new IllegalStateException("a sequence failed: " + failure, failure);
      }
    }
  }
}
