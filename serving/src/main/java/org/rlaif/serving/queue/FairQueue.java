package org.rlaif.serving.queue;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What waits: clients take turns, and what one of them sent comes in its order. Guarded by its
 * owner.
 */
public final class FairQueue<T> {
  /** One queue for each client that has something waiting, the one whose turn it is first. */
  private final Map<String, Deque<T>> queues = new LinkedHashMap<>();

  public boolean isEmpty() {
    return queues.isEmpty();
  }

  public void add(String client, T next) {
    queues.computeIfAbsent(client, key -> new ArrayDeque<>()).add(next);
  }

  /** The next one of the client whose turn it is, which stays. */
  @Nullable T peek() {
    return queues.isEmpty() ? null : queues.values().iterator().next().peek();
  }

  /** The next one of the client whose turn it is; that client is the last one then. */
  public @Nullable T poll() {
    if (queues.isEmpty()) {
      return null;
    }
    String client = queues.keySet().iterator().next();
    Deque<T> queue = queues.remove(client);
    T next = queue.remove();
    if (!queue.isEmpty()) {
      queues.put(client, queue);
    }
    return next;
  }

  public void forEach(Consumer<T> action) {
    queues.values().forEach(queue -> queue.forEach(action));
  }

  /** Takes these out. */
  public List<T> removeIf(Predicate<T> unwanted) {
    List<T> gone = new ArrayList<>();
    for (Deque<T> queue : queues.values()) {
      queue.removeIf(each -> unwanted.test(each) && gone.add(each));
    }
    queues.values().removeIf(Deque::isEmpty);
    return gone;
  }
}
