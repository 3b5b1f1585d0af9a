package org.rlaif.serving.engine;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.rlaif.serving.engine.Refusal.Reason;

/**
 * Prompts that wait for a slot, in the order they came; clients take turns. Callers put them in,
 * the scheduler's thread takes them out. A sequence counts as waiting until it has a row. Here the
 * scheduler also learns what it may do: everything, finish what is live, or nothing.
 */
final class WaitingLine {
  /** What the scheduler may do in its next turn. */
  enum Turn {
    /** Admit and decode. */
    RUN,
    /** Decode what is live. */
    FINISH,
    /** Only drop what was cancelled. */
    HOLD,
    /** Fail everything, then hold. */
    ABORT,
    /** End. */
    STOP
  }

  /** How many sequences are sampled, how many tokens their slots hold, and how many wait. */
  record Load(int live, int cached, int waiting) {}

  /** While everything stands still, whoever is cancelled hears of it this soon. */
  private static final long CANCELLATION_CHECK_MS = 20;

  private final String model;

  // All guarded by this.
  private final Turns<PromptGroup> turns = new Turns<>();

  private final Places places;
  private boolean closed;

  /** Nobody will resume it any more. */
  private boolean ending;

  private boolean idle = true;
  private int live;
  private int cached;
  private @Nullable PauseMode pause;
  private boolean aborting;

  /** The scheduler has seen the pause and stands still. */
  private boolean still;

  private @Nullable Throwable broken;

  /**
   * @param places for the sequences that wait
   */
  WaitingLine(String model, Places places) {
    this.model = model;
    this.places = places;
  }

  /** Takes all of these, which are one client's, or, if they do not fit, none. */
  synchronized void add(List<PromptGroup> groups) {
    if (broken != null) {
      throw new Refusal(Reason.UNAVAILABLE, "model: " + model + " broke down", broken);
    }
    if (stops()) {
      throw closing();
    }
    int more = 0;
    for (PromptGroup group : groups) {
      more = Math.addExact(more, group.waiting());
    }
    String client = groups.get(0).client;
    places.take(client, more);
    for (PromptGroup group : groups) {
      turns.add(client, group);
    }
    idle = false;
    notifyAll();
  }

  /** The next prompt of the client whose turn it is; that client is the last one then. */
  synchronized @Nullable PromptGroup poll() {
    return pollIf(next -> true);
  }

  /** The same, if it is such a one; else none, and it stays the next. */
  synchronized @Nullable PromptGroup pollIf(Predicate<PromptGroup> wanted) {
    PromptGroup next = turns.peek();
    if (next == null || !wanted.test(next)) {
      return null;
    }
    turns.poll();
    next.begin();
    return next;
  }

  /** Sequences that have no row yet. */
  synchronized int waiting() {
    return places.taken();
  }

  /** So many sequences of a prompt wait no more: they have a row, or failed. */
  synchronized void leave(PromptGroup group, int sequences) {
    places.leave(group.client, sequences);
  }

  /** Takes out what was cancelled. */
  synchronized List<PromptGroup> removeCancelled() {
    List<PromptGroup> gone = turns.removeIf(group -> group.ticket.isCancelled());
    gone.forEach(group -> places.giveBack(group.client, group.waiting()));
    return gone;
  }

  /**
   * Waits for something to do.
   *
   * @param rows sequences that are live now
   * @param tokens that their slots hold
   * @param staged whether a prompt has begun
   */
  @SuppressWarnings(
      "WaitNotInLoop") // one pause of its caller's loop, which looks at everything anew
  synchronized Turn awaitTurn(int rows, int tokens, boolean staged) throws InterruptedException {
    live = rows;
    cached = tokens;
    while (!stops() && pause == null && rows == 0 && !staged && turns.isEmpty()) {
      idle = true;
      notifyAll();
      wait();
    }
    if (stops()) {
      closed = true; // even if somebody resumes it now
      return Turn.STOP;
    }
    if (pause == null) {
      return Turn.RUN;
    }
    if (aborting) {
      aborting = false;
      return Turn.ABORT;
    }
    if (pause == PauseMode.DRAIN && rows > 0) {
      return Turn.FINISH;
    }
    still = true;
    notifyAll();
    wait(CANCELLATION_CHECK_MS);
    return Turn.HOLD;
  }

  /** Pauses and waits until the scheduler has done what the mode says. */
  synchronized void pause(PauseMode mode, BooleanSupplier cancelled) {
    pause = mode;
    aborting |= mode == PauseMode.ABORT;
    still = false;
    notifyAll();
    try {
      while (!still && pause != null) {
        if (stops()) {
          throw closing();
        }
        wait(CANCELLATION_CHECK_MS);
        Refusal.ifCancelled(cancelled);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Refusal(Reason.CANCELLED, "model: " + model + ": interrupted while waiting", e);
    }
  }

  synchronized void resume() {
    pause = null;
    aborting = false;
    notifyAll();
  }

  /** Null: it is not paused. */
  synchronized @Nullable PauseMode paused() {
    return pause;
  }

  synchronized Load load() {
    return new Load(live, cached, places.taken());
  }

  /** Waits until no sequence lives or waits; false after that time, or if it is paused. */
  synchronized boolean awaitIdle(long millis) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    while (!idle) {
      if (pause != null) {
        return false; // nobody would go on with them
      }
      long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
      if (left <= 0) {
        return false;
      }
      wait(left);
    }
    return true;
  }

  /**
   * From here on a pause, this one or a later one, is the end: the scheduler finishes what the
   * pause lets it finish, and stops.
   */
  synchronized void stopPaused() {
    ending = true;
    notifyAll();
  }

  private boolean stops() {
    boolean finishing = pause == PauseMode.DRAIN && live > 0;
    return closed || (ending && pause != null && !finishing);
  }

  /** Takes nothing new; the scheduler stops. */
  synchronized void close() {
    closed = true;
    notifyAll();
  }

  /** Takes nothing new, because of this. */
  synchronized void breakDown(Throwable cause) {
    broken = cause;
  }

  /** Empties the line. */
  synchronized List<PromptGroup> drain() {
    List<PromptGroup> left = turns.removeIf(group -> true);
    places.clear();
    idle = true;
    notifyAll();
    return left;
  }

  synchronized Refusal closing() {
    String why = pause == null ? "" : " while it is paused, and nothing will resume it";
    return new Refusal(Reason.UNAVAILABLE, "model: " + model + " is closing" + why);
  }
}
