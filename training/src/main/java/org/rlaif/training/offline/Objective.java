package org.rlaif.training.offline;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.rlaif.torch.Tensor;

/**
 * What is to be learned: some items, by their numbers from 0, and what makes the network better at
 * them.
 *
 * @param <V> figures of how well it does on what it does not learn from
 */
interface Objective<V> {
  /** How many items there are. */
  int size();

  /** Tokens of an item: those that are about equally long come together. */
  int length(int item);

  /** What some items count in a batch's loss, which is a mean: their tokens, or how many. */
  double weight(int[] items);

  /**
   * The mean over some items.
   *
   * @return ()
   */
  Tensor loss(int[] items);

  /** Told of each batch before its parts come, for what has to be known of all of it. */
  default void begin(int[] batch) {}

  /** Told after each step, for what follows the weights. */
  default void stepped() {}

  /** Of the last batch, for its row of the metrics: numbers by their names. */
  default Map<String, Double> figures() {
    return Map.of();
  }

  /** How well the network does now; null if nobody looks. */
  default @Nullable V validate() {
    return null;
  }

  /** The loss among those figures, which the best weights have least of; null: there is none. */
  default @Nullable Double loss(V found) {
    return null;
  }
}
