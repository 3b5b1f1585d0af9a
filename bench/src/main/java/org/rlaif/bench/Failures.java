package org.rlaif.bench;

import io.grpc.StatusRuntimeException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.rlaif.kit.UserError;

/** A comparison is worth nothing if a part of it failed. */
final class Failures {
  private Failures() {}

  static void throwFirst(List<Trace> traces) {
    for (Trace trace : traces) {
      if (trace.failure() != null) {
        throw of("a sequence", trace.failure());
      }
    }
  }

  /** What a server refuses is said in its words. */
  static RuntimeException of(String what, @Nullable Throwable failure) {
    return failure instanceof StatusRuntimeException refused
        ? new UserError(String.valueOf(refused.getStatus().getDescription()), refused)
        : new IllegalStateException(what + " failed: " + failure, failure);
  }
}
