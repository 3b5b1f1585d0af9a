package org.rlaif.serving.weights;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.rlaif.model.DecoderConfig;
import org.rlaif.model.TensorSpec;
import org.rlaif.model.Weights;
import org.rlaif.model.onnx.BlockMatrix;
import org.rlaif.model.onnx.Quantization;
import org.rlaif.serving.graph.CacheScales;
import org.rlaif.serving.graph.DecoderSession;
import org.rlaif.serving.graph.OnnxRuntime;
import org.rlaif.serving.graph.Tensors;

/**
 * Memory for all tensors of one model, fp32, little-endian, row-major, and for the blocks that are
 * made of some of them where the model serves quantised. A session reads it in place, so it is
 * filled first and left alone until that session is closed.
 */
public final class WeightArena {
  /**
   * Bytes that are copied or summed up in one go. Java's threads cannot be stopped in the middle of
   * it, so that a collection of garbage, and everybody with it, would wait for more.
   */
  private static final int PIECE = 1 << 20;

  /**
   * Of a tensor.
   *
   * @param firstNonFinite index of the first number that is infinite or not a number; -1: none is
   */
  public record Contents(int crc32c, int firstNonFinite) {}

  private final WeightLayout layout;
  private final Map<String, TensorSpec> specs = new LinkedHashMap<>();
  private final Map<String, ByteBuffer> tensors = new LinkedHashMap<>();
  private CacheScales scales = CacheScales.NONE;

  public WeightArena(WeightLayout layout) {
    this.layout = layout;
    DecoderConfig config = layout.config();
    config.parameters().forEach(spec -> specs.put(spec.name(), spec));
    for (TensorSpec spec : quantization().plain(config)) {
      add(spec, Tensors.floatBytes(spec));
    }
    for (BlockMatrix matrix : quantization().matrices(config)) {
      add(matrix.values(), matrix.values().elements());
      add(matrix.scales(), Tensors.floatBytes(matrix.scales()));
      add(matrix.zeroPoints(), matrix.zeroPoints().elements());
    }
    for (TensorSpec spec : quantization().cacheScales(config)) {
      add(spec, Tensors.floatBytes(spec));
    }
  }

  /** Memory for the tensors of an adapter, which no session reads. */
  public WeightArena(WeightLayout layout, List<TensorSpec> adapter) {
    this.layout = layout;
    for (TensorSpec spec : adapter) {
      specs.put(spec.name(), spec);
      add(spec, Tensors.floatBytes(spec));
    }
  }

  private void add(TensorSpec spec, long bytes) {
    tensors.put(spec.name(), Tensors.direct(bytes));
  }

  Quantization quantization() {
    return layout.quantization();
  }

  /** Takes the scales of a quantised KV cache. */
  public void scale(CacheScales scales) {
    this.scales = scales;
    int side = 0;
    for (TensorSpec spec : quantization().cacheScales(layout.config())) {
      floats(spec.name()).put(scales.side(side++));
    }
  }

  CacheScales scales() {
    return scales;
  }

  /** Takes these weights, in blocks where that is wanted. */
  public void fill(Weights weights) {
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

  /** A session that reads this, which must not change while that is open. */
  public DecoderSession session(OnnxRuntime runtime) {
    return DecoderSession.open(runtime, layout.config(), quantization(), this::bytes);
  }

  /** Of the model's tensors. */
  public List<String> names() {
    return List.copyOf(specs.keySet());
  }

  public @Nullable TensorSpec spec(String name) {
    return specs.get(name);
  }

  public long byteCount(String name) {
    return bytes(name).capacity();
  }

  public void write(String name, int offset, ByteBuffer data) {
    ByteBuffer into = bytes(name).position(offset);
    while (data.hasRemaining()) {
      int piece = Math.min(PIECE, data.remaining());
      into.put(data.slice(data.position(), piece));
      data.position(data.position() + piece);
    }
  }

  public FloatBuffer floats(String name) {
    return bytes(name).asFloatBuffer();
  }

  /** Reads a tensor once. */
  public Contents inspect(String name) {
    ByteBuffer bytes = bytes(name);
    var checksum = new CRC32C();
    int bad = -1;
    for (int from = 0; from < bytes.limit(); from += PIECE) {
      ByteBuffer piece = bytes.slice(from, Math.min(PIECE, bytes.limit() - from));
      checksum.update(piece.duplicate());
      if (bad < 0) {
        int index = firstNonFinite(piece.order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer());
        bad = index < 0 ? -1 : from / Float.BYTES + index;
      }
    }
    return new Contents((int) checksum.getValue(), bad);
  }

  private static int firstNonFinite(FloatBuffer numbers) {
    for (int i = 0; i < numbers.limit(); i++) {
      if (!Float.isFinite(numbers.get(i))) {
        return i;
      }
    }
    return -1;
  }

  /** A view of a tensor's bytes with a position of its own. */
  public ByteBuffer bytes(String name) {
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
