package org.rlaif.training.learning;

import java.util.Random;

/** An endless order over n things: pass after pass, each in a new shuffle. */
public final class Order {
  private final int[] items;
  private final Random random;
  private int at;
  private long drawn;

  public Order(int n, long seed) {
    if (n < 1) {
      throw new IllegalArgumentException("n: " + n + " (expected: > 0)");
    }
    this.items = new int[n];
    for (int i = 0; i < n; i++) {
      items[i] = i;
    }
    this.random = new Random(seed);
    this.at = n;
  }

  /** The next {@code count} of them; may run over the end of a pass. */
  public int[] next(int count) {
    int[] chosen = new int[count];
    for (int i = 0; i < count; i++) {
      if (at == items.length) {
        shuffle();
        at = 0;
      }
      chosen[i] = items[at++];
    }
    drawn += count;
    return chosen;
  }

  /** How many were drawn. */
  public long drawn() {
    return drawn;
  }

  /** Goes on where another of its kind was when it had drawn so many. */
  public void skipTo(long target) {
    while (drawn < target) {
      next((int) Math.min(items.length, target - drawn));
    }
  }

  /** Fisher–Yates. */
  private void shuffle() {
    for (int i = items.length - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int swapped = items[i];
      items[i] = items[j];
      items[j] = swapped;
    }
  }
}
