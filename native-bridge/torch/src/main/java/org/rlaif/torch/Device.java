package org.rlaif.torch;

import org.bytedeco.pytorch.global.torch;
import org.rlaif.kit.UserError;

/**
 * A place for tensors that exists on this machine, and how it multiplies them. A {@link UserError}
 * says what there is if it does not.
 *
 * @param name {@code cpu} or {@code cuda:N}
 * @param recomputes whether training keeps what goes into each block alone, and computes the rest
 *     once more for the gradient: activation checkpointing
 */
public record Device(String name, Compute compute, boolean recomputes) {
  static {
    Torch.ready();
  }

  public static final Device CPU = new Device("cpu", Compute.FP32);

  /** One that keeps all that the gradient needs. */
  public Device(String name, Compute compute) {
    this(name, compute, /* recomputes= */ false);
  }

  public Device {
    if (!name.equals("cpu")) {
      int gpus = torch.cuda_is_available() ? torch.cuda_device_count() : 0;
      boolean there = name.matches("cuda:\\d{1,2}") && Integer.parseInt(name.substring(5)) < gpus;
      UserError.require(
          there,
          "device",
          name,
          gpus == 0
              ? "cpu, or a CUDA GPU that LibTorch can use; it found none"
              : "cpu, or cuda:0 to cuda:" + (gpus - 1));
    }
  }

  /**
   * What attention multiplies in: fp32 on a CPU, where LibTorch's kernel for bf16 takes ten times
   * as long (12 heads of 64 numbers, 4 rows of 200 tokens, forward and back: 137 ms, fp32 12 ms).
   */
  Compute attention() {
    return name.equals("cpu") ? Compute.FP32 : compute;
  }

  @Override
  public String toString() {
    return name;
  }
}
