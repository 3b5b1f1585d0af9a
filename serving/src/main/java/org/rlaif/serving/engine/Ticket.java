package org.rlaif.serving.engine;

/** A request that was taken. */
public final class Ticket {
  final ModelObserver observer;

  /** When, by {@link System#nanoTime}. */
  final long taken = System.nanoTime();

  private volatile boolean cancelled;

  Ticket() {
    this(ModelObserver.NONE);
  }

  Ticket(ModelObserver observer) {
    this.observer = observer;
  }

  /** Ends all its sequences before the next decode step; their slots are free then. */
  public void cancel() {
    cancelled = true;
  }

  boolean isCancelled() {
    return cancelled;
  }
}
