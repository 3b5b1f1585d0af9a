package org.rlaif.serving.engine;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.rlaif.model.BlockMatrix;
import org.rlaif.model.DecoderConfig;
import org.rlaif.model.Quantization;
import org.rlaif.model.TensorSpec;
import org.rlaif.model.Weights;

/**
 * Memory for all tensors of one model, fp32, little-endian, row-major, and for the blocks that are
 * made of some of them where the model serves quantised. A session reads it in place, so it is
 * filled first and left alone until that session is closed.
 */
final class WeightArena {
  private final WeightLayout layout;
  private final Map<String, TensorSpec> specs = new LinkedHashMap<>();
  private final Map<String, ByteBuffer> tensors = new LinkedHashMap<>();

  WeightArena(WeightLayout layout) {
    this.layout = layout;
    DecoderConfig config = layout.config();
    config.parameters().forEach(spec -> specs.put(spec.name(), spec));
    for (TensorSpec spec : quantization().plain(config)) {
      add(spec, WeightLayout.floatBytes(spec));
    }
    for (BlockMatrix matrix : quantization().matrices(config)) {
      add(matrix.values(), matrix.values().elements());
      add(matrix.scales(), WeightLayout.floatBytes(matrix.scales()));
      add(matrix.zeroPoints(), matrix.zeroPoints().elements());
    }
  }

  /** Memory for the tensors of an adapter, which no session reads. */
  WeightArena(WeightLayout layout, List<TensorSpec> adapter) {
    this.layout = layout;
    for (TensorSpec spec : adapter) {
      specs.put(spec.name(), spec);
      add(spec, WeightLayout.floatBytes(spec));
    }
  }

  private void add(TensorSpec spec, long bytes) {
    tensors.put(spec.name(), WeightLayout.direct(bytes));
  }

  Quantization quantization() {
    return layout.quantization();
  }

  /** Takes these weights, in blocks where that is wanted. */
  void fill(Weights weights) {
    for (TensorSpec spec : quantization().plain(layout.config())) {
      weights.copyTo(spec.name(), floats(spec.name()));
    }
    quantize(weights::get);
  }

  /** Makes the blocks, if there are any, of what was written. */
  void quantize() {
    quantize(this::floats);
  }

  private void quantize(Function<String, FloatBuffer> weights) {
    for (BlockMatrix matrix : quantization().matrices(layout.config())) {
      matrix.quantize(
          weights.apply(matrix.source()),
          bytes(matrix.values().name()),
          floats(matrix.scales().name()),
          bytes(matrix.zeroPoints().name()));
    }
  }

  /** Of the model's tensors. */
  List<String> names() {
    return List.copyOf(specs.keySet());
  }

  @Nullable TensorSpec spec(String name) {
    return specs.get(name);
  }

  long byteCount(String name) {
    return bytes(name).capacity();
  }

  void write(String name, int offset, ByteBuffer data) {
    bytes(name).position(offset).put(data);
  }

  FloatBuffer floats(String name) {
    return bytes(name).asFloatBuffer();
  }

  int crc32c(String name) {
    var checksum = new CRC32C();
    checksum.update(bytes(name));
    return (int) checksum.getValue();
  }

  /** Index of the first number of a tensor that is infinite or not a number. */
  OptionalLong firstNonFinite(String name) {
    FloatBuffer numbers = floats(name);
    for (int i = 0; i < numbers.limit(); i++) {
      if (!Float.isFinite(numbers.get(i))) {
        return OptionalLong.of(i);
      }
    }
    return OptionalLong.empty();
  }

  /** A view of a tensor's bytes with a position of its own. */
  ByteBuffer bytes(String name) {
    ByteBuffer bytes = tensors.get(name);
    if (bytes == null) {
      bytes = layout.shared(name);
    }
    if (bytes == null) {
      throw new IllegalArgumentException("no tensor " + name + " among " + tensors.keySet());
    }
    return bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN);
  }
}
