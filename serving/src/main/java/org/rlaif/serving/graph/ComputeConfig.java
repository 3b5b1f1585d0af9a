package org.rlaif.serving.graph;

import org.rlaif.kit.UserError;

/**
 * What computes; the first that is asked for is the process's.
 *
 * @param threads that compute one operator; 0: one per processor
 * @param device {@code cpu}
 */
public record ComputeConfig(int threads, String device) {
  /** All cores. */
  public static final ComputeConfig DEFAULT = threads(0);

  public ComputeConfig {
    UserError.require(threads >= 0, "threads", threads, ">= 1, or 0: one per processor");
    UserError.require(
        device.equals("cpu"), "device", device, "cpu; this build's ONNX Runtime knows no other");
  }

  /** Threads of the CPU. */
  public static ComputeConfig threads(int threads) {
    return new ComputeConfig(threads, "cpu");
  }
}
