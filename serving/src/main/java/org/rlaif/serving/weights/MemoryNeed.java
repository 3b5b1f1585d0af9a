package org.rlaif.serving.weights;

import org.rlaif.kit.UserError;
import org.rlaif.model.DecoderConfig;
import org.rlaif.model.onnx.Quantization;
import org.rlaif.serving.os.FreeMemory;

/**
 * Memory that something will take, in bytes.
 *
 * @param weights one set of them, and what all sets share
 * @param cache keys and values of all slots
 * @param working repacked matrices and what a run computes with
 */
public record MemoryNeed(long weights, long cache, long working) {
  /** New weights beside those that serve. */
  static MemoryNeed ofSuccessor(DecoderConfig config, Quantization quantization) {
    return new MemoryNeed(
        WeightLayout.arenaBytes(config, quantization),
        0,
        WeightLayout.packedBytes(config, quantization));
  }

  /** Direct buffers of this process; the rest is ONNX Runtime's. */
  public long direct() {
    return weights + cache;
  }

  public long total() {
    return weights + cache + working;
  }

  /**
   * Whether there is room beside what others are going to take.
   *
   * @param direct bytes of direct buffers that they may not have taken yet
   * @param total bytes of all that
   */
  public boolean fits(long direct, long total) {
    return direct() <= FreeMemory.direct() - direct && total() <= FreeMemory.machine() - total;
  }

  /** Refuses what clearly cannot fit, with the figures. */
  public void check(String model) {
    long direct = FreeMemory.direct();
    if (direct() > direct) {
      direct = FreeMemory.directOnceCollected();
    }
    if (direct() > direct) {
      throw refused(model, direct(), direct, "direct memory; see -XX:MaxDirectMemorySize");
    }
    long free = FreeMemory.machine();
    if (total() > free) {
      throw refused(model, total(), free, "memory");
    }
  }

  private UserError refused(String model, long wanted, long left, String of) {
    return new UserError(
        "model %s: %s (weights %s, KV cache %s, working memory %s) (expected: at most %s, the free %s; fewer slots need less)"
            .formatted(model, mib(wanted), mib(weights), mib(cache), mib(working), mib(left), of));
  }

  private static String mib(long bytes) {
    return (bytes >> 20) + " MiB";
  }
}
