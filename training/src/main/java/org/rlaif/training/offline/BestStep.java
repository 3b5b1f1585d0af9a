package org.rlaif.training.offline;

import org.jspecify.annotations.Nullable;
import org.rlaif.training.learning.BestWeights.Best;

/**
 * Where the weights that are kept come from, where those with the least loss on what is held out
 * are.
 *
 * @param step after which they were looked at; 0: before the first
 * @param loss that they had then
 */
public record BestStep(int step, double loss) {
  static @Nullable BestStep of(@Nullable Best best) {
    return best == null ? null : new BestStep(best.at(), -best.value());
  }
}
