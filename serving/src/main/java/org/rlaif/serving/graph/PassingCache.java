package org.rlaif.serving.graph;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;
import org.rlaif.model.Attention;
import org.rlaif.model.DecoderConfig;
import org.rlaif.model.onnx.Precision;
import org.rlaif.serving.graph.KvCache.View;

/**
 * Keys and values of whole sequences. Nobody reads them after their layer's attention, so that all
 * layers leave theirs in the same place. Used by one thread at a time.
 */
public final class PassingCache {
  private final OnnxRuntime runtime;
  private final DecoderConfig config;
  private final Precision precision;
  private final ByteBuffer keys;
  private final ByteBuffer values;

  /** What one run leaves there. */
  public record Keeping(OnnxTensor keys, OnnxTensor values, View view) implements AutoCloseable {
    @Override
    public void close() {
      keys.close();
      values.close();
    }
  }

  /**
   * @param precision fp32 or int8
   * @param tokens of all rows of a run, at most
   */
  public PassingCache(OnnxRuntime runtime, DecoderConfig config, Precision precision, int tokens) {
    this.precision = precision;
    this.runtime = runtime;
    this.config = config;
    this.keys = direct(Math.toIntExact(sideBytes(config, precision, tokens)));
    this.values = direct(Math.toIntExact(sideBytes(config, precision, tokens)));
  }

  public static long bytes(DecoderConfig config, Precision precision, int tokens) {
    return 2 * sideBytes(config, precision, tokens);
  }

  private static long sideBytes(DecoderConfig config, Precision precision, int tokens) {
    return (long) tokens * config.attention().cacheKeyWidth() * precision.bits() / Byte.SIZE;
  }

  private static ByteBuffer direct(int bytes) {
    return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
  }

  /** For that many rows of so many tokens each. */
  public Keeping keep(int rows, int tokens) {
    OnnxTensor key = tensor(keys, rows, tokens);
    OnnxTensor value = tensor(values, rows, tokens);
    Map<String, OnnxTensor> past = new HashMap<>();
    Map<String, OnnxTensor> present = new HashMap<>();
    for (int layer = 0; layer < config.layers(); layer++) {
      past.put("chunk.past." + layer + ".key", key);
      past.put("chunk.past." + layer + ".value", value);
      present.put("chunk.present." + layer + ".key", key);
      present.put("chunk.present." + layer + ".value", value);
    }
    return new Keeping(key, value, new View(past, present));
  }

  private OnnxTensor tensor(ByteBuffer side, int rows, int tokens) {
    Attention attention = config.attention();
    long[] shape = {rows, attention.kvHeads(), tokens, attention.cacheWidth()};
    int bytes = Math.toIntExact(sideBytes(config, precision, rows * tokens));
    ByteBuffer numbers = side.slice(0, bytes).order(ByteOrder.nativeOrder());
    try {
      return precision == Precision.FP32
          ? OnnxTensor.createTensor(runtime.environment(), numbers.asFloatBuffer(), shape)
          : OnnxTensor.createTensor(runtime.environment(), numbers, shape, OnnxJavaType.INT8);
    } catch (OrtException e) {
      throw OnnxRuntime.failure("bind keys and values", e);
    }
  }
}
