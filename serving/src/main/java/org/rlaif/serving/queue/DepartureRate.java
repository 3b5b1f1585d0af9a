package org.rlaif.serving.queue;

import com.google.common.collect.Comparators;
import com.google.common.collect.EvictingQueue;
import java.time.Duration;
import java.util.Queue;

/** How fast a queue moves, by the last sequences that left it. Guarded by the queue. */
final class DepartureRate {
  private static final int REMEMBERED = 64;
  private static final Duration SHORTEST = Duration.ofMillis(100);
  private static final Duration LONGEST = Duration.ofSeconds(30);
  private static final Duration UNKNOWN = Duration.ofSeconds(1);

  private final Queue<Long> times = EvictingQueue.create(REMEMBERED);

  void left(int sequences) {
    long now = System.nanoTime();
    for (int i = 0; i < Math.min(sequences, REMEMBERED); i++) {
      times.add(now);
    }
  }

  /** After what time that number of sequences should have left, from 0.1 to 30 seconds. */
  Duration timeFor(long sequences) {
    if (times.isEmpty()) {
      return UNKNOWN;
    }
    Duration each = Duration.ofNanos((System.nanoTime() - times.element()) / times.size());
    return Comparators.max(SHORTEST, Comparators.min(LONGEST, each.multipliedBy(sequences)));
  }
}
