package org.rlaif.training.config;

import static org.rlaif.kit.UserError.require;

/**
 * AdamW (Loshchilov and Hutter 2019, arXiv 1711.05101), beside its learning rate.
 *
 * @param beta1 decay of the mean of gradients
 * @param beta2 decay of the mean of their squares
 * @param epsilon added to the root of those
 * @param weightDecay per step, times the learning rate
 */
public record AdamConfig(double beta1, double beta2, double epsilon, double weightDecay) {

  /**
   * Refuses what cannot be.
   *
   * @param section that it stands in, for the error
   */
  void check(String section) {
    String name = section + ".adam.";
    require(beta1 >= 0 && beta1 < 1, name + "beta1", beta1, ">= 0 and < 1");
    require(beta2 >= 0 && beta2 < 1, name + "beta2", beta2, ">= 0 and < 1");
    Ranges.positive(name + "epsilon", epsilon);
    Ranges.notNegative(name + "weightDecay", weightDecay);
  }
}
