package org.rlaif.serving.engine;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.HashMap;
import java.util.Map;
import org.rlaif.model.DecoderConfig;
import org.rlaif.serving.engine.KvCache.View;

/**
 * Keys and values of whole sequences. Nobody reads them after their layer's attention, so that all
 * layers leave theirs in the same place. Used by one thread at a time.
 */
final class PassingCache {
  private final OnnxRuntime runtime;
  private final DecoderConfig config;
  private final FloatBuffer keys;
  private final FloatBuffer values;

  /** What one run leaves there. */
  record Keeping(OnnxTensor keys, OnnxTensor values, View view) implements AutoCloseable {
    @Override
    public void close() {
      keys.close();
      values.close();
    }
  }

  /**
   * @param tokens of all rows of a run, at most
   */
  PassingCache(OnnxRuntime runtime, DecoderConfig config, int tokens) {
    this.runtime = runtime;
    this.config = config;
    this.keys = floats(Math.multiplyExact(tokens, config.width()));
    this.values = floats(Math.multiplyExact(tokens, config.width()));
  }

  static long bytes(DecoderConfig config, int tokens) {
    return 2L * tokens * config.width() * Float.BYTES;
  }

  private static FloatBuffer floats(int count) {
    return ByteBuffer.allocateDirect(Math.multiplyExact(count, Float.BYTES))
        .order(ByteOrder.nativeOrder())
        .asFloatBuffer();
  }

  /** For that many rows of so many tokens each. */
  Keeping keep(int rows, int tokens) {
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

  private OnnxTensor tensor(FloatBuffer side, int rows, int tokens) {
    long[] shape = {rows, config.heads(), tokens, config.headWidth()};
    try {
      return OnnxTensor.createTensor(
          runtime.environment(), side.slice(0, rows * tokens * config.width()), shape);
    } catch (OrtException e) {
      throw OnnxRuntime.failure("bind keys and values", e);
    }
  }
}
