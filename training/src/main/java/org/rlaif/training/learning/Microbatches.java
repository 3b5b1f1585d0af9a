package org.rlaif.training.learning;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Parts of a batch that are computed one after the other, as they are in memory one at a time. */
public final class Microbatches {
  private Microbatches() {}

  /**
   * Cuts a batch up, in its order.
   *
   * @param size of each part, the last one perhaps less; null: one part
   */
  public static List<int[]> of(int[] batch, @Nullable Integer size) {
    int step = size == null ? batch.length : Math.min(size, batch.length);
    return IntStream.iterate(0, from -> from < batch.length, from -> from + step)
        .mapToObj(from -> Arrays.copyOfRange(batch, from, Math.min(from + step, batch.length)))
        .toList();
  }

  /** Tokens of some sequences that are learned. */
  public static long tokens(List<Sequence> sequences, int[] which) {
    return IntStream.of(which).mapToLong(each -> sequences.get(each).completionTokens()).sum();
  }
}
