package org.rlaif.training.verification;

import java.util.Arrays;
import org.rlaif.kit.Percent;
import org.rlaif.kit.UserError;
import org.rlaif.training.learning.Order;
import org.rlaif.training.learning.Seeds;

/**
 * Some of many rows.
 *
 * @param share from 0 to 1
 * @param seed another one takes other rows
 */
public record Sample(double share, long seed) {
  public Sample {
    UserError.require(share > 0 && share <= 1, "--sample", 100 * share + "%", "> 0% and <= 100%");
  }

  /** From a text such as {@code 5%}. */
  public static Sample of(String percent, long seed) {
    return new Sample(Percent.of("--sample", percent), seed);
  }

  /**
   * Numbers of rows, from 0, rising: at least one if there are any.
   *
   * @param purpose others get other rows
   */
  int[] of(int rows, String purpose) {
    if (rows == 0) {
      return new int[0];
    }
    int[] chosen = new Order(rows, Seeds.of(seed, purpose, 0)).next((int) Math.ceil(share * rows));
    Arrays.sort(chosen);
    return chosen;
  }
}
