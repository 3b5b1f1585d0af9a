package org.rlaif.training.learning;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.function.IntUnaryOperator;

/**
 * Endless shuffled batches of things that are about equally long, so that little of a batch is
 * padding: some batches' worth is drawn at a time, sorted by length, cut up, and dealt out in
 * random order.
 */
public final class LengthBatches {
  private static final int POOL = 8;

  private final Order order;
  private final int batch;
  private final IntUnaryOperator length;
  private final Random random;
  private final Deque<int[]> ready = new ArrayDeque<>();

  /**
   * @param n how many things there are
   * @param batch how many of them make a batch
   * @param length of the thing with a given number
   */
  public LengthBatches(int n, int batch, long seed, IntUnaryOperator length) {
    this.order = new Order(n, seed);
    this.batch = batch;
    this.length = length;
    this.random = new Random(Seeds.of(seed, "batches", 0));
  }

  public int[] next() {
    if (ready.isEmpty()) {
      fill();
    }
    return ready.remove();
  }

  /** Leaves some out, as if they had been used. */
  public void skip(int batches) {
    for (int i = 0; i < batches; i++) {
      next();
    }
  }

  private void fill() {
    int[] pool =
        Arrays.stream(order.next(POOL * batch))
            .boxed()
            .sorted(Comparator.comparingInt(length::applyAsInt)) // stable: ties stay shuffled
            .mapToInt(Integer::intValue)
            .toArray();
    List<int[]> batches = new ArrayList<>(POOL);
    for (int i = 0; i < POOL; i++) {
      batches.add(Arrays.copyOfRange(pool, i * batch, (i + 1) * batch));
    }
    Collections.shuffle(batches, random);
    ready.addAll(batches);
  }
}
