package org.rlaif.training.offline;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * Mean implicit rewards, beta * (log pi - log pi_ref), of what is better and of what is worse: 0
 * before the first step. A mean over nothing is null.
 *
 * @param chosen of completions whose label leans towards them
 * @param rejected of those whose label leans away
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record SideRewards(@Nullable Double chosen, @Nullable Double rejected) {

  /**
   * Of some completions.
   *
   * @param labels P(good); those of 0.5 are left out
   */
  static SideRewards of(double[] rewards, double[] labels) {
    double[] sums = new double[2];
    int[] counts = new int[2];
    for (int i = 0; i < rewards.length; i++) {
      if (labels[i] != 0.5) {
        int side = labels[i] > 0.5 ? 0 : 1;
        sums[side] += rewards[i];
        counts[side]++;
      }
    }
    return new SideRewards(mean(sums[0], counts[0]), mean(sums[1], counts[1]));
  }

  private static @Nullable Double mean(double sum, int count) {
    return count == 0 ? null : (Double) (sum / count);
  }
}
