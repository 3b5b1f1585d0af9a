package org.rlaif.serving.engine;

import java.util.Locale;
import org.rlaif.model.DecoderConfig;
import org.rlaif.model.onnx.Quantization;
import org.rlaif.serving.graph.KvCache;
import org.rlaif.serving.os.FreeMemory;
import org.rlaif.serving.weights.WeightLayout;

/**
 * What a model takes while it serves.
 *
 * @param weights one set of them, with what ONNX Runtime repacks of it; bytes
 * @param arena of these, what is in direct buffers of Java's; bytes
 * @param kvCache keys and values of all its slots, the one for prompts included; bytes
 * @param slots sequences that decode at the same time; 0 for a reward model
 * @param slotTokens that a slot holds
 */
public record Footprint(
    Quantization quantization, long weights, long arena, long kvCache, int slots, int slotTokens) {
  static Footprint of(DecoderConfig config, Quantization quantization, int slots) {
    long arena = WeightLayout.arenaBytes(config, quantization);
    return new Footprint(
        quantization,
        arena + WeightLayout.packedBytes(config, quantization),
        arena,
        KvCache.bytes(config, quantization.kvCache(), slots + 1L),
        slots,
        config.contextLength());
  }

  /** For people, with what would fit into the memory that is left now. */
  @Override
  public String toString() {
    String weightsIn = gib(weights) + " in " + quantization.weights().label();
    if (slots == 0) {
      return "weights " + weightsIn;
    }
    return "%d slots of %d tokens, KV cache %s in %s, weights %s; the memory left holds %d more slots"
        .formatted(
            slots,
            slotTokens,
            gib(kvCache),
            quantization.kvCache().label(),
            weightsIn,
            FreeMemory.left() / (kvCache / (slots + 1)));
  }

  private static String gib(long bytes) {
    return bytes < 1 << 26
        ? String.format(Locale.ROOT, "%.1f MiB", bytes / 0x1p20)
        : String.format(Locale.ROOT, "%.2f GiB", bytes / 0x1p30);
  }
}
