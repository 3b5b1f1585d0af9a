package org.rlaif.serving.queue;

import java.time.Duration;

/** How fast a queue moves, by the last sequences that left it. Guarded by the queue. */
final class DepartureRate {
  private static final int REMEMBERED = 64;
  private static final Duration SHORTEST = Duration.ofMillis(100);
  private static final Duration LONGEST = Duration.ofSeconds(30);
  private static final Duration UNKNOWN = Duration.ofSeconds(1);

  private final long[] times = new long[REMEMBERED];
  private int count;

  void left(int sequences) {
    long now = System.nanoTime();
    for (int i = 0; i < Math.min(sequences, REMEMBERED); i++) {
      times[count % REMEMBERED] = now;
      count = count + 1 == 2 * REMEMBERED ? REMEMBERED : count + 1; // never overflows
    }
  }

  /** After what time that number of sequences should have left, from 0.1 to 30 seconds. */
  Duration timeFor(long sequences) {
    int known = Math.min(count, REMEMBERED);
    if (known == 0) {
      return UNKNOWN;
    }
    long oldest = times[count < REMEMBERED ? 0 : count % REMEMBERED];
    Duration each = Duration.ofNanos((System.nanoTime() - oldest) / known);
    Duration all = each.multipliedBy(sequences);
    if (all.compareTo(SHORTEST) < 0) {
      return SHORTEST;
    }
    return all.compareTo(LONGEST) > 0 ? LONGEST : all;
  }
}
