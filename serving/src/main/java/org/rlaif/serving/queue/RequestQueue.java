package org.rlaif.serving.queue;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.rlaif.serving.queue.Refusal.Reason;

/**
 * Prompts that wait for a slot, in the order they came; clients take waiting. Callers put them in,
 * the scheduler's thread takes them out. A sequence counts as waiting until it has a row. Here the
 * scheduler also learns what it may do: everything, finish what is live, or nothing.
 */
public final class RequestQueue {
  /** What the scheduler may do in its next turn. */
  public enum Turn {
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
  public record Load(int live, int cached, int waiting) {}

  /** While everything stands still, whoever is cancelled hears of it this soon. */
  private static final long CANCELLATION_CHECK_MS = 20;

  /** While nothing else is there, whoever reads again is noticed this soon. */
  private static final long READ_CHECK_MS = 2;

  private final String model;

  // All guarded by this.
  private final FairQueue<PromptGroup> waiting = new FairQueue<>();

  /** Out of the others' way: prompts whose callers have to read first. */
  private final Map<SequenceListener, List<PromptGroup>> unread = new LinkedHashMap<>();

  private final Quota quota;
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
   * @param quota of sequences that wait
   */
  public RequestQueue(Quota quota) {
    this.model = quota.model();
    this.quota = quota;
  }

  public String model() {
    return model;
  }

  /** Takes all of these, which are one client's, or, if they do not fit, none. */
  public synchronized void add(List<PromptGroup> groups) {
    if (broken != null) {
      throw new Refusal(Reason.UNAVAILABLE, "model: " + model + " broke down", broken);
    }
    if (stops()) {
      throw closing();
    }
    long more = groups.stream().mapToLong(PromptGroup::waiting).sum();
    String client = groups.get(0).client;
    quota.take(client, more);
    for (PromptGroup group : groups) {
      waiting.add(client, group);
    }
    idle = false;
    notifyAll();
  }

  /** The next prompt of the client whose turn it is; that client is the last one then. */
  public synchronized @Nullable PromptGroup poll() {
    return pollIf(next -> true);
  }

  /** The next prompt if it is wanted; else none, and it stays the next. */
  public synchronized @Nullable PromptGroup pollIf(Predicate<PromptGroup> wanted) {
    returnThoseWhoRead();
    PromptGroup next = waiting.peek();
    while (next != null && next.listener.isBehind()) {
      SequenceListener behind = next.listener;
      unread
          .computeIfAbsent(behind, key -> new ArrayList<>())
          .addAll(waiting.removeIf(group -> group.listener == behind));
      next = waiting.peek();
    }
    if (next == null || !wanted.test(next)) {
      return null;
    }
    waiting.poll();
    next.begin();
    return next;
  }

  private void returnThoseWhoRead() {
    unread
        .entrySet()
        .removeIf(
            each -> {
              if (each.getKey().isBehind()) {
                return false;
              }
              each.getValue().forEach(group -> waiting.add(group.client, group));
              return true;
            });
  }

  /** A prompt that had left the queue, and of which not all samples have begun, is in it again. */
  public synchronized void putBack(PromptGroup group) {
    unread.computeIfAbsent(group.listener, key -> new ArrayList<>()).add(0, group);
  }

  /** Sequences that have no row yet. */
  public synchronized int waiting() {
    return quota.taken();
  }

  /** Sequences of a prompt wait no more: they have a row, or failed. */
  public synchronized void leave(PromptGroup group, int sequences) {
    quota.leave(group.client, sequences);
  }

  /** Takes out what was cancelled. */
  public synchronized List<PromptGroup> removeCancelled() {
    List<PromptGroup> gone = remove(group -> group.ticket.isCancelled());
    gone.forEach(group -> quota.giveBack(group.client, group.waiting()));
    return gone;
  }

  private List<PromptGroup> remove(Predicate<PromptGroup> unwanted) {
    List<PromptGroup> gone = waiting.removeIf(unwanted);
    for (List<PromptGroup> groups : unread.values()) {
      groups.removeIf(group -> unwanted.test(group) && gone.add(group));
    }
    unread.values().removeIf(List::isEmpty);
    return gone;
  }

  /**
   * Waits for something to do.
   *
   * @param rows sequences that are live now
   * @param tokens that their slots hold
   * @param staged whether a prompt has begun
   * @param parked whether sequences wait outside the slots for their callers to read
   */
  @SuppressWarnings(
      "WaitNotInLoop") // one pause of its caller's loop, which looks at everything anew
  public synchronized Turn awaitTurn(int rows, int tokens, boolean staged, boolean parked)
      throws InterruptedException {
    live = rows;
    cached = tokens;
    boolean nothing = rows == 0 && !staged;
    while (!stops()
        && pause == null
        && nothing
        && !parked
        && waiting.isEmpty()
        && unread.isEmpty()) {
      idle = true;
      notifyAll();
      wait();
    }
    if (!stops() && pause == null && nothing && waiting.isEmpty()) {
      wait(READ_CHECK_MS); // or go away
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
  public synchronized void pause(PauseMode mode, BooleanSupplier cancelled) {
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
      throw Refusal.interrupted("model: " + model + "", e);
    }
  }

  public synchronized void resume() {
    pause = null;
    aborting = false;
    notifyAll();
  }

  /** Null: it is not paused. */
  public synchronized @Nullable PauseMode paused() {
    return pause;
  }

  public synchronized Load load() {
    return new Load(live, cached, quota.taken());
  }

  /** Waits until no sequence lives or waits; false after that time, or if it is paused. */
  public synchronized boolean awaitIdle(long millis) throws InterruptedException {
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
  public synchronized void stopPaused() {
    ending = true;
    notifyAll();
  }

  private boolean stops() {
    boolean finishing = pause == PauseMode.DRAIN && live > 0;
    return closed || (ending && pause != null && !finishing);
  }

  /** Takes nothing new; the scheduler stops. */
  public synchronized void close() {
    closed = true;
    notifyAll();
  }

  /** Takes nothing new, because of this. */
  public synchronized void breakDown(Throwable cause) {
    broken = cause;
  }

  /** Empties the queue. */
  public synchronized List<PromptGroup> drain() {
    List<PromptGroup> left = remove(group -> true);
    quota.clear();
    idle = true;
    notifyAll();
    return left;
  }

  public synchronized Refusal closing() {
    String why = pause == null ? "" : " while it is paused, and nothing will resume it";
    return new Refusal(Reason.UNAVAILABLE, "model: " + model + " is closing" + why);
  }
}
