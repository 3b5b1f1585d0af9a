package org.rlaif.judge.language;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How long an endpoint may leave all questions unanswered, and when one of them is to blame for its
 * failures. All that ask the endpoint share it.
 *
 * <p>A question is put again as long as the endpoint seems to be away. It is left unanswered once
 * it has had its attempts and others are answered between them. If nothing has been answered for
 * longer than the patience lasts, one question is blamed, in case it is asked alone; if the next
 * fares no better, the endpoint is given up.
 */
final class Patience {

  /** What a failure is a sign of. */
  enum Sign {
    /** The endpoint has too much to do and says so. */
    BUSY,
    /** It is not there. */
    ABSENT,
    /**
     * An error of the server's, a lost connection, no answer in time; or a question it chokes on.
     */
    AWAY,
    /** It answers, but with something else than an answer. */
    NONSENSE
  }

  /** What to do about a failure. */
  enum Then {
    ASK_AGAIN,
    LEAVE_UNANSWERED,
    GIVE_UP
  }

  private final Duration longest;
  private final int attempts;
  private final AtomicLong lastAnswer = new AtomicLong();
  private final AtomicBoolean answeredEver = new AtomicBoolean();
  private final AtomicBoolean blamedOne = new AtomicBoolean();

  /**
   * Creates one.
   *
   * @param longest without any answer
   * @param attempts that every question has in any case
   */
  Patience(Duration longest, int attempts) {
    this.longest = longest;
    this.attempts = attempts;
  }

  Duration longest() {
    return longest;
  }

  /** Some question got an answer, be it a refusal. */
  void answered() {
    lastAnswer.set(System.nanoTime());
    answeredEver.set(true);
    blamedOne.set(false);
  }

  /** How long there has been no answer to a question that was put first at this time. */
  Duration silence(long firstPut) {
    long since = answeredSince(firstPut) ? lastAnswer.get() : firstPut;
    return Duration.ofNanos(System.nanoTime() - since);
  }

  /**
   * What to do.
   *
   * @param attempt that has failed, from 1
   * @param firstPut when the question was put first, by {@link System#nanoTime}
   * @param lastFailure when the attempt before failed; of the first, {@code firstPut}
   */
  Then after(Sign sign, int attempt, long firstPut, long lastFailure) {
    if (attempt < attempts) {
      return Then.ASK_AGAIN;
    }
    boolean patient = silence(firstPut).compareTo(longest) < 0;
    return switch (sign) {
      case NONSENSE -> Then.LEAVE_UNANSWERED;
      // A wrong address is seen at once, not after minutes.
      case ABSENT -> patient && answeredEver.get() ? Then.ASK_AGAIN : Then.GIVE_UP;
      case BUSY -> patient ? Then.ASK_AGAIN : Then.GIVE_UP;
      case AWAY -> {
        if (answeredSince(lastFailure)) {
          yield Then.LEAVE_UNANSWERED;
        }
        if (patient) {
          yield Then.ASK_AGAIN;
        }
        yield blamedOne.compareAndSet(false, true) ? Then.LEAVE_UNANSWERED : Then.GIVE_UP;
      }
    };
  }

  private boolean answeredSince(long time) {
    return answeredEver.get() && lastAnswer.get() - time > 0;
  }
}
