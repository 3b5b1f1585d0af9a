package org.rlaif.serving.queue;

import java.util.HashMap;
import java.util.Map;
import org.rlaif.serving.queue.Refusal.Reason;

/**
 * How many sequences may wait: in all, and of one client, so that nobody keeps the others out.
 * Guarded by the queue.
 */
public final class Quota {
  private final String model;
  private final int most;
  private final int mostPerClient;
  private final Map<String, Integer> byClient = new HashMap<>();
  private final DepartureRate rate = new DepartureRate();
  private int taken;

  public Quota(String model, QueueConfig limits) {
    this.model = model;
    this.most = limits.sequences();
    this.mostPerClient = limits.perClient();
  }

  /** Whose sequences wait. */
  public String model() {
    return model;
  }

  /**
   * Takes room for {@code more} sequences, or none if there is not enough: a {@link Refusal} with
   * {@link Reason#QUEUE_FULL} says which limit it is, and when there should be room.
   */
  public void take(String client, long more) {
    boolean never = more > mostPerClient; // which is not above the other limit
    if (more > most - taken) {
      throw Refusal.queueFull(
          "model: %s has %d sequences waiting and was sent %d more (expected: at most %d waiting)"
              .formatted(model, taken, more, most),
          never ? null : rate.timeFor(taken + more - most));
    }
    int own = byClient.getOrDefault(client, 0);
    if (more > mostPerClient - own) {
      // Clients take turns: when one of this client's leaves, so has one of each other.
      long before = (own + more - mostPerClient) * Math.max(1, byClient.size());
      throw Refusal.queueFull(
          "model: %s has %d sequences of this client waiting and was sent %d more (expected: at most %d waiting of one client)"
              .formatted(model, own, more, mostPerClient),
          never ? null : rate.timeFor(before));
    }
    takeAnyway(client, (int) more);
  }

  /** Takes room for {@code more} sequences, whether there is enough or not. */
  public void takeAnyway(String client, int more) {
    taken += more;
    byClient.merge(client, more, Integer::sum);
  }

  /** Sequences wait no more: their turn came, or they failed. */
  public void leave(String client, int sequences) {
    giveBack(client, sequences);
    rate.left(sequences);
  }

  /** Sequences were cancelled: how fast the queue moves is not told by them. */
  void giveBack(String client, int sequences) {
    taken -= sequences;
    byClient.computeIfPresent(client, (key, own) -> own == sequences ? null : own - sequences);
  }

  /** All at once. */
  void clear() {
    taken = 0;
    byClient.clear();
  }

  public int taken() {
    return taken;
  }
}
