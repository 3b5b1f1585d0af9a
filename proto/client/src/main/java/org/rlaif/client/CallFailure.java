package org.rlaif.client;

import io.grpc.StatusRuntimeException;
import java.util.function.BiFunction;

/** What a failed call means to the people who made it. */
public final class CallFailure {
  private CallFailure() {}

  /** Whether they can mend it; what breaks inside a server they cannot. */
  public static boolean canBeMended(StatusRuntimeException e) {
    return switch (e.getStatus().getCode()) {
      case UNAVAILABLE,
          DEADLINE_EXCEEDED,
          INVALID_ARGUMENT,
          OUT_OF_RANGE,
          NOT_FOUND,
          ALREADY_EXISTS,
          FAILED_PRECONDITION,
          RESOURCE_EXHAUSTED,
          UNIMPLEMENTED,
          UNAUTHENTICATED,
          PERMISSION_DENIED ->
          true;
      default -> false;
    };
  }

  /**
   * What to throw: a mistake of theirs in the words of the failure, or the failure itself.
   *
   * @param mistake of that message and that cause
   */
  public static RuntimeException explained(
      StatusRuntimeException e, BiFunction<String, Throwable, RuntimeException> mistake) {
    return canBeMended(e) ? mistake.apply(String.valueOf(e.getStatus().getDescription()), e) : e;
  }
}
