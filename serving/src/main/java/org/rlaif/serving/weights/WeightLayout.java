package org.rlaif.serving.weights;

import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.rlaif.model.DecoderConfig;
import org.rlaif.model.TensorSpec;
import org.rlaif.model.onnx.BlockMatrix;
import org.rlaif.model.onnx.OnnxDecoder;
import org.rlaif.model.onnx.Precision;
import org.rlaif.model.onnx.Quantization;
import org.rlaif.serving.graph.Rotations;
import org.rlaif.serving.graph.Tensors;

/**
 * How one model's weights lie in memory: what each of its arenas holds, and what they share.
 *
 * <p>They share the fp32 numbers of matrices that serve in blocks. These are needed from their
 * arrival until they are quantised, and one arena is filled at a time. And they share the tables of
 * rotary positions, which are no weights.
 */
public final class WeightLayout {
  private final DecoderConfig config;
  private final Quantization quantization;
  private final Map<String, TensorSpec> staged = new LinkedHashMap<>();
  private final Map<String, ByteBuffer> shared = new LinkedHashMap<>();

  public WeightLayout(DecoderConfig config, Quantization quantization) {
    this.config = config;
    this.quantization = quantization;
    config.parameters().forEach(spec -> staged.put(spec.name(), spec));
    quantization.plain(config).forEach(spec -> staged.remove(spec.name()));
    Rotations.of(config).forEach((spec, numbers) -> shared.put(spec.name(), numbers));
  }

  public DecoderConfig config() {
    return config;
  }

  public Quantization quantization() {
    return quantization;
  }

  /** What arenas share; staged tensors take memory when they are first asked for. */
  synchronized @Nullable ByteBuffer shared(String name) {
    TensorSpec spec = staged.get(name);
    return spec == null
        ? shared.get(name)
        : shared.computeIfAbsent(name, key -> Tensors.allocate(spec));
  }

  /** Bytes of one arena. */
  public static long arenaBytes(DecoderConfig config, Quantization quantization) {
    return floatBytes(quantization.plain(config))
        + blockBytes(config, quantization)
        + floatBytes(quantization.cacheScales(config));
  }

  /** Bytes of the matrices that an arena keeps in blocks. */
  static long blockBytes(DecoderConfig config, Quantization quantization) {
    return quantization.matrices(config).stream().mapToLong(BlockMatrix::byteCount).sum();
  }

  /** Bytes of what ONNX Runtime repacks of one arena: its matrices, fp32 ones or blocks. */
  public static long packedBytes(DecoderConfig config, Quantization quantization) {
    return quantization.weights() == Precision.FP32
        ? floatBytes(config.parameters())
        : blockBytes(config, quantization);
  }

  /** Bytes of what arenas share. */
  public static long sharedBytes(DecoderConfig config, Quantization quantization) {
    return floatBytes(config.parameters())
        - floatBytes(quantization.plain(config))
        + floatBytes(OnnxDecoder.rotations(config));
  }

  private static long floatBytes(List<TensorSpec> specs) {
    return specs.stream().mapToLong(Tensors::floatBytes).sum();
  }
}
