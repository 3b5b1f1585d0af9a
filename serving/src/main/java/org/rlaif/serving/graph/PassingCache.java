package org.rlaif.serving.graph;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;
import org.rlaif.model.DecoderConfig;
import org.rlaif.model.onnx.Precision;
import org.rlaif.serving.graph.KvCache.View;

/**
 * Keys and values of whole sequences. Nobody reads them after their layer's attention, so that all
 * layers leave theirs in the same place. Used by one thread at a time.
 */
public final class PassingCache {
  private final GraphSpec graph;
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
   * @param tokens of all rows of a run, at most
   */
  public PassingCache(GraphSpec graph, int tokens) {
    this.graph = graph;
    this.keys = Tensors.direct(sideBytes(graph.config(), graph.kvCache(), tokens));
    this.values = Tensors.direct(sideBytes(graph.config(), graph.kvCache(), tokens));
  }

  public static long bytes(DecoderConfig config, Precision precision, int tokens) {
    return 2 * sideBytes(config, precision, tokens);
  }

  private static long sideBytes(DecoderConfig config, Precision precision, int tokens) {
    return (long) tokens * config.attention().cacheKeyWidth() * precision.bits() / Byte.SIZE;
  }

  /** For rows of {@code tokens} tokens each. */
  public Keeping keep(int rows, int tokens) {
    OnnxTensor key = tensor(keys, rows, tokens);
    OnnxTensor value = tensor(values, rows, tokens);
    Map<String, OnnxTensor> past = new HashMap<>();
    Map<String, OnnxTensor> present = new HashMap<>();
    for (int layer = 0; layer < graph.config().layers(); layer++) {
      past.put("chunk.past." + layer + ".key", key);
      past.put("chunk.past." + layer + ".value", value);
      present.put("chunk.present." + layer + ".key", key);
      present.put("chunk.present." + layer + ".value", value);
    }
    return new Keeping(key, value, new View(past, present));
  }

  private OnnxTensor tensor(ByteBuffer side, int rows, int tokens) {
    long bytes = sideBytes(graph.config(), graph.kvCache(), rows * tokens);
    ByteBuffer numbers = side.slice(0, Math.toIntExact(bytes)).order(ByteOrder.nativeOrder());
    try {
      return graph.bind(numbers, rows, tokens);
    } catch (OrtException e) {
      throw OnnxRuntime.failure("bind keys and values", e);
    }
  }
}
