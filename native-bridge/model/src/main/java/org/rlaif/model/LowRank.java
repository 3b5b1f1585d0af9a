package org.rlaif.model;

import java.util.Arrays;
import java.util.stream.IntStream;

/** The product of a tall matrix (rows, r) and a wide one (r, columns), never written out. */
final class LowRank {
  private final float[] tall;
  private final float[][] wide;
  private final int columns;

  LowRank(float[] tall, float[] wide, int rank) {
    this.tall = tall;
    this.columns = wide.length / rank;
    this.wide =
        IntStream.range(0, rank)
            .mapToObj(k -> Arrays.copyOfRange(wide, k * columns, (k + 1) * columns))
            .toArray(float[][]::new);
  }

  /** Adds the product's numbers, row-major and from {@code at} on, to these. */
  void addTo(float[] numbers, int at) {
    var sums = new float[columns];
    for (int i = 0; i < numbers.length; ) {
      int row = (at + i) / columns;
      int from = (at + i) % columns;
      int to = Math.min(columns, from + numbers.length - i);
      Arrays.fill(sums, from, to, 0);
      for (int k = 0; k < wide.length; k++) {
        add(tall[row * wide.length + k], wide[k], sums, from, to);
      }
      for (int column = from; column < to; column++) {
        numbers[i++] += sums[column];
      }
    }
  }

  /** Vector instructions, as the JIT sees that each number depends on its own place alone. */
  private static void add(float factor, float[] row, float[] sums, int from, int to) {
    for (int i = from; i < to; i++) {
      sums[i] += factor * row[i];
    }
  }
}
