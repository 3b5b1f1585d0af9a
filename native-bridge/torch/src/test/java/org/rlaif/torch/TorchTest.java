package org.rlaif.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.rlaif.kit.UserError;

final class TorchTest {
  @Test
  void theProcessorIsAlwaysThere() {
    assertEquals(Device.CPU, new Device("cpu", Compute.FP32));
  }

  @Test
  void anAbsentDeviceIsOneLine() {
    // This room is tested with LibTorch for processors; with GPUs the sentence would list them.
    assertEquals(
        "device: cuda:0 (expected: cpu, or a CUDA GPU that LibTorch can use; it found none)",
        assertThrows(UserError.class, () -> new Device("cuda:0", Compute.FP32)).getMessage());
    assertThrows(UserError.class, () -> new Device("gpu", Compute.FP32));
    assertThrows(UserError.class, () -> new Device("cuda:x", Compute.FP32));
  }

  @Test
  void threadsAreAtFirstOnePerCore() {
    int cores = Runtime.getRuntime().availableProcessors();
    Torch.ready();
    assertEquals(cores, torch.get_num_threads());
    Torch.threads(1);
    assertEquals(1, torch.get_num_threads());
    Torch.threads(cores);
    assertEquals(
        "threads: 0 (expected: >= 1)",
        assertThrows(UserError.class, () -> Torch.threads(0)).getMessage());
  }

  @Test
  void seedsLibTorchsOwnGenerator() {
    try (Scope scope = Scope.open()) {
      Torch.seed(7);
      float[] first = Tensor.call(() -> torch.rand(3)).toFloats();
      Torch.seed(7);
      assertArrayEquals(first, Tensor.call(() -> torch.rand(3)).toFloats());
    }
  }
}
