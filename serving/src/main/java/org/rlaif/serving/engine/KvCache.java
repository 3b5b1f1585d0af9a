package org.rlaif.serving.engine;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.rlaif.model.DecoderConfig;

/**
 * Keys and values of every layer for a number of slots, (slots, heads, context, head width) each.
 * One slot holds one sequence. Used by one thread at a time.
 */
final class KvCache implements AutoCloseable {
  /** Some slots as inputs and outputs of one part of the graph. */
  record View(Map<String, OnnxTensor> past, Map<String, OnnxTensor> present) {}

  private record Range(String part, int first, int count) {}

  private final OnnxRuntime runtime;
  private final DecoderConfig config;
  private final int slots;
  private final int tokens;

  /** Key of layer 0, value of layer 0, key of layer 1, ... */
  private final List<FloatBuffer> sides = new ArrayList<>();

  private final Map<Range, View> views = new HashMap<>();

  KvCache(OnnxRuntime runtime, DecoderConfig config, int slots) {
    this(runtime, config, slots, config.contextLength());
  }

  /**
   * @param tokens that one slot holds
   */
  KvCache(OnnxRuntime runtime, DecoderConfig config, int slots, int tokens) {
    this.runtime = runtime;
    this.config = config;
    this.slots = slots;
    this.tokens = tokens;
    int bytes = Math.toIntExact((long) slots * tokens * config.width() * Float.BYTES);
    for (int side = 0; side < 2 * config.layers(); side++) {
      sides.add(ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder()).asFloatBuffer());
    }
  }

  /** All layers and both sides of that many slots. */
  static long bytes(DecoderConfig config, long slots) {
    return 2L * config.layers() * slots * slotFloats(config) * Float.BYTES;
  }

  /** How many slots the buffer of one side can hold, which ends at 2 GiB. */
  static int mostSlots(DecoderConfig config) {
    return Math.toIntExact(
        Math.min(Integer.MAX_VALUE, Integer.MAX_VALUE / (slotFloats(config) * Float.BYTES)));
  }

  private static long slotFloats(DecoderConfig config) {
    return (long) config.contextLength() * config.width();
  }

  /** The first slots, for rows that decode. */
  View rows(int count) {
    return view(new Range("rows", 0, count));
  }

  /** One slot, for a chunk. */
  View chunk(int slot) {
    return view(new Range("chunk", slot, 1));
  }

  /** Views are made once and kept: a decode step binds the same ones again and again. */
  private View view(Range range) {
    return views.computeIfAbsent(range, this::bind);
  }

  private View bind(Range range) {
    if (range.first() < 0 || range.count() < 1 || range.first() + range.count() > slots) {
      throw new IllegalArgumentException(range + " of " + slots + " slots");
    }
    int slotFloats = tokens * config.width();
    long[] shape = {range.count(), config.heads(), tokens, config.headWidth()};
    var past = new LinkedHashMap<String, OnnxTensor>();
    var present = new LinkedHashMap<String, OnnxTensor>();
    for (int side = 0; side < sides.size(); side++) {
      FloatBuffer slice =
          sides.get(side).slice(range.first() * slotFloats, range.count() * slotFloats);
      String suffix = side / 2 + (side % 2 == 0 ? ".key" : ".value");
      try {
        OnnxTensor tensor = OnnxTensor.createTensor(runtime.environment(), slice, shape);
        past.put(range.part() + ".past." + suffix, tensor);
        present.put(range.part() + ".present." + suffix, tensor);
      } catch (OrtException e) {
        past.values().forEach(OnnxTensor::close);
        throw OnnxRuntime.failure("bind the KV cache", e);
      }
    }
    return new View(past, present);
  }

  /** Copies the first tokens of one slot to another. */
  void copy(int from, int to, int count) {
    if (from == to) {
      return;
    }
    int slotFloats = tokens * config.width();
    int headFloats = tokens * config.headWidth();
    for (FloatBuffer side : sides) {
      for (int head = 0; head < config.heads(); head++) {
        int source = from * slotFloats + head * headFloats;
        int target = to * slotFloats + head * headFloats;
        side.put(target, side, source, count * config.headWidth());
      }
    }
  }

  @Override
  public void close() {
    views.values().forEach(view -> view.past().values().forEach(OnnxTensor::close));
    views.clear();
  }
}
