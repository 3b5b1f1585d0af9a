package org.rlaif.kit;

import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** When to ask again those who did not answer. */
public final class Retry {
  /** Nobody is left alone for longer, unless they ask for it. */
  public static final Duration LONGEST_WAIT = Duration.ofSeconds(60);

  private Retry() {}

  /**
   * How long after so many failures in a row: twice as long each time, and spread, so that several
   * who ask do not come back at once.
   *
   * @param first after one failure, at most; half of it at least
   * @param failures from 1
   */
  public static Duration backoff(Duration first, int failures) {
    double spread = 0.5 + 0.5 * ThreadLocalRandom.current().nextDouble();
    double wait = first.toMillis() * Math.scalb(spread, failures - 1);
    return Duration.ofMillis((long) Math.min(wait, (double) LONGEST_WAIT.toMillis()));
  }

  /**
   * What {@code Retry-After} asks for, in seconds or as a date (RFC 9110, section 10.2.3); a date
   * that is over asks for nothing.
   *
   * @return null: there is no such header, or it says neither
   */
  public static @Nullable Duration after(String header) {
    String value = header.strip();
    if (value.matches("\\d{1,9}")) {
      return Duration.ofSeconds(Long.parseLong(value));
    }
    try {
      Instant at = ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
      Duration left = Duration.between(Instant.now(), at);
      return left.isNegative() ? Duration.ZERO : left;
    } catch (DateTimeParseException e) {
      return null;
    }
  }

  /**
   * Waits.
   *
   * @param what for, in the message of an {@link IllegalStateException} if it is interrupted
   */
  public static void sleep(Duration wait, Object what) {
    try {
      Thread.sleep(Math.max(0, wait.toMillis()));
    } catch (InterruptedException e) {
      throw interrupted(what, e);
    }
  }

  /** What to throw after an interrupt, of which the thread is told again. */
  public static IllegalStateException interrupted(Object what, InterruptedException e) {
    Thread.currentThread().interrupt();
    return new IllegalStateException("interrupted while waiting for " + what, e);
  }
}
