package org.rlaif.model;

/** The product of a tall matrix (rows, r) and a wide one (r, columns), never written out. */
final class LowRank {
  private final float[] tall;
  private final float[] wide;
  private final int rank;
  private final int columns;

  LowRank(float[] tall, float[] wide, int rank) {
    this.tall = tall;
    this.wide = wide;
    this.rank = rank;
    this.columns = wide.length / rank;
  }

  /** Adds the product's numbers, row-major and from {@code at} on, to these. */
  void addTo(float[] numbers, int at) {
    for (int i = 0; i < numbers.length; ) {
      int row = (at + i) / columns;
      int column = (at + i) % columns;
      int n = Math.min(columns - column, numbers.length - i);
      for (int k = 0; k < rank; k++) {
        add(tall[row * rank + k], k * columns + column, numbers, i, n);
      }
      i += n;
    }
  }

  /** A loop that the JIT turns into vector instructions. */
  private void add(float factor, int from, float[] numbers, int to, int n) {
    for (int i = 0; i < n; i++) {
      numbers[to + i] += factor * wide[from + i];
    }
  }
}
