package org.rlaif.torch;

import java.util.Locale;

/**
 * What matrices are multiplied in. Weights that are trained, gradients and moments, the residual
 * stream, norms and everything behind the last norm are fp32 in either case: there rounding adds up
 * (mixed precision with fp32 master weights: Micikevicius et al. 2018, section 3.1; an fp32 head
 * keeps the trainer's probabilities near the server's: MiniMax-M1, 2025, section 3.2).
 */
public enum Compute {
  /** 32-bit floating point. */
  FP32(1e-4),
  /** bfloat16: the range of fp32 with 8 significant bits; faster where the processor knows it. */
  BF16(0.1);

  private final double parity;

  Compute(double parity) {
    this.parity = parity;
  }

  /**
   * How far log-probabilities may be from those of an engine that computes in fp32, unless
   * something else is asked for: an order of magnitude above what is usually found.
   */
  public double parity() {
    return parity;
  }

  /** {@code fp32} or {@code bf16}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
