package org.rlaif.serving.queue;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** A request that is well formed and cannot be served now, or not in this state. */
public final class Refusal extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What stands in the way. */
  public enum Reason {
    /** There is no such model or update. */
    NOT_FOUND,
    /** There is one of that name already. */
    ALREADY_EXISTS,
    /** The queue is full; a later try may succeed. */
    QUEUE_FULL,
    /** The state does not allow it, or a check failed. */
    PRECONDITION,
    /** The model is closing, or broke down. */
    UNAVAILABLE,
    /** It was begun and ended by somebody's order. */
    ABORTED,
    /** The one who asked went away. */
    CANCELLED
  }

  private static final Duration SOON = Duration.ofSeconds(1);

  private final Reason reason;
  private final @Nullable Duration retryAfter;

  public Refusal(Reason reason, String message) {
    this(reason, message, null, reason == Reason.QUEUE_FULL ? SOON : null);
  }

  public Refusal(Reason reason, String message, Throwable cause) {
    this(reason, message, cause, null);
  }

  private Refusal(
      Reason reason, String message, @Nullable Throwable cause, @Nullable Duration retryAfter) {
    super(message, cause);
    this.reason = reason;
    this.retryAfter = retryAfter;
  }

  /**
   * The queue is full.
   *
   * @param retryAfter when there should be room; null: never
   */
  public static Refusal queueFull(String message, @Nullable Duration retryAfter) {
    return new Refusal(Reason.QUEUE_FULL, message, null, retryAfter);
  }

  /** An error ended what computes for a model. */
  public static Refusal brokeDown(String model, Throwable cause) {
    return new Refusal(Reason.UNAVAILABLE, "model: " + model + " broke down: " + cause, cause);
  }

  /** Whoever waits is told to stop; keeps the thread interrupted. */
  public static Refusal interrupted(String what, InterruptedException cause) {
    Thread.currentThread().interrupt();
    return new Refusal(Reason.CANCELLED, what + ": interrupted while waiting", cause);
  }

  public Reason reason() {
    return reason;
  }

  /** After what time the same request may be taken; null: trying again will not help. */
  public @Nullable Duration retryAfter() {
    return retryAfter;
  }

  /** Ends work that nobody waits for any more. */
  public static void ifCancelled(BooleanSupplier cancelled) {
    if (cancelled.getAsBoolean()) {
      throw new Refusal(Reason.CANCELLED, "the request was cancelled");
    }
  }
}
