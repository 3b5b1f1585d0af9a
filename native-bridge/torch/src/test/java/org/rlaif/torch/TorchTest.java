package org.rlaif.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.concurrent.atomic.AtomicBoolean;
import org.bytedeco.mkl.global.mkl_rt;
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

  /** Each with half of the threads, the same numbers as one after the other; then all as before. */
  @Test
  void twoPassesBesideEachOther() {
    int threads = torch.get_num_threads();
    float[][] alone = {product(1), product(2)};
    for (int time = 0; time < 20; time++) {
      float[][] found = new float[2][];
      Torch.beside(() -> found[0] = product(1), () -> found[1] = product(2));
      assertArrayEquals(alone[0], found[0]);
      assertArrayEquals(alone[1], found[1]);
    }
    assertEquals(threads, torch.get_num_threads());
    Torch.threads(1); // also what multiplies: a later run may be told to be alone
    assertEquals(1, mkl_rt.MKL_Get_Max_Threads());
    Torch.threads(threads);
    assertEquals(threads, mkl_rt.MKL_Get_Max_Threads());
  }

  /** Products of 64 numbers each, of the row and the column that say where they are. */
  private static float[] product(int factor) {
    float[] numbers = new float[64 * 64];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = factor * (i % 7);
    }
    try (Scope scope = Scope.open()) {
      Tensor matrix = Tensor.of(numbers, 64, 64);
      return Layers.project(matrix, matrix).toFloats();
    }
  }

  @Test
  void whatFailsBesideIsToldAfterTheOtherHasEnded() {
    var ended = new AtomicBoolean();
    Runnable fails =
        () -> {
          throw new UserError("there");
        };
    for (int side = 0; side < 2; side++) {
      boolean here = side == 0;
      ended.set(false);
      Runnable ends = () -> ended.set(true);
      assertEquals(
          "there",
          assertThrows(
                  UserError.class, () -> Torch.beside(here ? fails : ends, here ? ends : fails))
              .getMessage());
      assertEquals(true, ended.get());
    }
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
