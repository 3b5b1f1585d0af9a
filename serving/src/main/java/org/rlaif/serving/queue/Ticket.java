package org.rlaif.serving.queue;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A request that was taken. */
public final class Ticket {
  public final ModelObserver observer;

  /** When, by {@link System#nanoTime}. */
  public final long taken = System.nanoTime();

  private volatile @Nullable Duration queueTime;
  private volatile @Nullable Duration timeToFirstToken;
  private volatile boolean cancelled;

  public Ticket() {
    this(ModelObserver.NONE);
  }

  public Ticket(ModelObserver observer) {
    this.observer = observer;
  }

  /** How long the first of its sequences to begin waited; null: none has begun. */
  public @Nullable Duration queueTime() {
    return queueTime;
  }

  /** How long the first of its tokens took; null: there is none yet. */
  public @Nullable Duration timeToFirstToken() {
    return timeToFirstToken;
  }

  /** One of its sequences has its first token; nanoseconds since the request was taken. */
  public void firstToken(long queue, long total) {
    observer.firstToken(queue, total);
    if (timeToFirstToken == null) {
      queueTime = Duration.ofNanos(queue);
      timeToFirstToken = Duration.ofNanos(total);
    }
  }

  /** Ends all its sequences before the next decode step; their slots are free then. */
  public void cancel() {
    cancelled = true;
  }

  public boolean isCancelled() {
    return cancelled;
  }
}
