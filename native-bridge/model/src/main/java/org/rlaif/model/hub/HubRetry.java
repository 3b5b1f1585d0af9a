package org.rlaif.model.hub;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.rlaif.kit.Retry;

/**
 * How often the hub is asked, and how long it is waited for.
 *
 * @param attempts in a row that bring nothing new
 * @param firstWait before the second attempt; it doubles from then on, as {@link Retry} says
 * @param silence after which an answer is given up
 */
record HubRetry(int attempts, Duration firstWait, Duration silence) {
  static final HubRetry USUAL = new HubRetry(5, Duration.ofSeconds(1), Duration.ofSeconds(30));

  /** Trying again would not help. */
  static final class Refused extends IOException {
    private static final long serialVersionUID = 1L;

    Refused(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }

  /** Trying again may help, at the time that was asked for. */
  static final class Again extends IOException {
    private static final long serialVersionUID = 1L;
    private final String retryAfter;

    Again(String message, String retryAfter) {
      super(message);
      this.retryAfter = retryAfter;
    }
  }

  /** Something that may fail because of others. */
  interface Exchange<T> {
    T run() throws IOException;
  }

  /**
   * Runs an exchange until it succeeds.
   *
   * @param what the message of a failure begins with
   * @param progress has grown if a failed attempt brought something
   */
  <T> T run(String what, LongSupplier progress, Exchange<T> exchange) throws IOException {
    long most = progress.getAsLong();
    int failures = 0;
    while (true) {
      try {
        return exchange.run();
      } catch (Refused e) {
        throw new IOException(what + " " + e.getMessage(), e);
      } catch (IOException e) {
        failures = progress.getAsLong() > most ? 1 : failures + 1;
        most = Math.max(most, progress.getAsLong());
        if (failures >= attempts) {
          throw new IOException(what + " " + describe(e) + ", " + attempts + " times", e);
        }
        pause(e instanceof Again again ? again.retryAfter : "", failures);
      }
    }
  }

  /** The result, as long as there is progress; from is who sends it. */
  <T> T await(CompletableFuture<T> result, LongSupplier progress, String from) throws IOException {
    try {
      long before;
      do {
        before = progress.getAsLong();
        try {
          return result.get(silence.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
          // The condition asks whether anything came meanwhile.
        }
      } while (progress.getAsLong() != before);
      throw new HttpTimeoutException("nothing came");
    } catch (ExecutionException e) {
      if (e.getCause() instanceof HttpTimeoutException timeout) {
        throw timeout;
      } else if (e.getCause() instanceof UncheckedIOException ours) {
        throw new Refused("was not kept: " + ours.getCause(), ours);
      } else if (e.getCause() instanceof IOException io) {
        throw io;
      }
      throw new IllegalStateException("the request to " + from + " failed", e.getCause());
    } catch (InterruptedException e) {
      throw Retry.interrupted("the hub", e);
    } finally {
      result.cancel(true);
    }
  }

  private String describe(IOException e) {
    if (e instanceof Again) {
      return String.valueOf(e.getMessage());
    } else if (e instanceof HttpTimeoutException) {
      return "was silent for " + silence.toMillis() / 1000.0 + " s";
    }
    return "failed: " + e.getClass().getSimpleName() + " " + e.getMessage();
  }

  private void pause(String retryAfter, int failures) {
    Duration asked = Retry.after(retryAfter);
    Duration wait = asked == null ? Retry.backoff(firstWait, failures) : asked;
    Retry.sleep(wait.compareTo(Retry.LONGEST_WAIT) > 0 ? Retry.LONGEST_WAIT : wait, "the hub");
  }
}
