package org.rlaif.model;

import org.rlaif.kit.UserError;

/**
 * The feed-forward part of a layer: down(f(up(x))), or down(f(gate(x)) up(x)) where it is gated
 * (Shazeer 2020).
 *
 * @param width between the two, M
 * @param activation f
 * @param bias whether its matrices have biases
 */
public record Mlp(int width, Activation activation, boolean gated, boolean bias) {
  /** What bends the line. */
  public enum Activation {
    /** x Φ(x) in its tanh form (Hendrycks and Gimpel 2016, section 2). */
    GELU_TANH,
    /** x Φ(x). */
    GELU,
    /** x σ(x) (Elfwing et al. 2018). */
    SILU
  }

  public Mlp {
    UserError.require(
        width > 0 && width <= Limits.MLP_WIDTH,
        "MLP width",
        width,
        "from 1 to " + Limits.MLP_WIDTH);
  }
}
