package org.rlaif.serving.graph;

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
import org.rlaif.model.onnx.Precision;

/**
 * Keys and values of every layer for a number of slots, (slots, heads, tokens, {@code cacheWidth})
 * each. One slot holds one sequence. Used by one thread at a time.
 */
public final class KvCache implements AutoCloseable {
  /** Some slots as inputs and outputs of one part of the graph. */
  public record View(Map<String, OnnxTensor> past, Map<String, OnnxTensor> present) {}

  private record Range(String part, int first, int count) {}

  private final GraphSpec graph;
  private final DecoderConfig config;
  private final int slots;
  private final int tokens;

  /** Key of layer 0, value of layer 0, key of layer 1, ... */
  private final List<ByteBuffer> sides = new ArrayList<>();

  private final Map<Range, View> views = new HashMap<>();

  /** Slots for sequences as long as the model's context. */
  public KvCache(GraphSpec graph, int slots) {
    this(graph, slots, graph.config().contextLength());
  }

  /**
   * @param tokens that a slot can hold
   */
  public KvCache(GraphSpec graph, int slots, int tokens) {
    this.graph = graph;
    this.config = graph.config();
    this.slots = slots;
    this.tokens = tokens;
    int bytes = Math.multiplyExact(slots, slotBytes());
    for (int side = 0; side < 2 * config.layers(); side++) {
      sides.add(Tensors.direct(bytes));
    }
  }

  /** Of all layers and both sides, in bytes. */
  public static long bytes(DecoderConfig config, Precision precision, long slots) {
    return 2L * config.layers() * slots * sideBytes(config, precision);
  }

  /** How many slots the buffer of one side can hold, which ends at 2 GiB. */
  public static int mostSlots(DecoderConfig config, Precision precision) {
    return Math.toIntExact(
        Math.min(Integer.MAX_VALUE, Integer.MAX_VALUE / sideBytes(config, precision)));
  }

  /** One side of one layer of one slot. */
  private static long sideBytes(DecoderConfig config, Precision precision) {
    return (long) config.contextLength()
        * config.attention().cacheKeyWidth()
        * precision.bits()
        / Byte.SIZE;
  }

  private int tokenBytes() {
    return config.attention().cacheWidth() * graph.kvCache().bits() / Byte.SIZE;
  }

  private int slotBytes() {
    return Math.toIntExact((long) tokens * config.attention().kvHeads() * tokenBytes());
  }

  /** The first slots, for rows that decode. */
  public View rows(int count) {
    return view(new Range("rows", 0, count));
  }

  /** One slot, for a chunk. */
  public View chunk(int slot) {
    return chunk(slot, 1);
  }

  /** {@code count} slots, for as many prompts. */
  public View chunk(int slot, int count) {
    return view(new Range("chunk", slot, count));
  }

  /** Views are made once and kept: a decode step binds the same ones again and again. */
  private View view(Range range) {
    return views.computeIfAbsent(range, this::bind);
  }

  private View bind(Range range) {
    if (range.first() < 0 || range.count() < 1 || range.first() + range.count() > slots) {
      throw new IllegalArgumentException(range + " of " + slots + " slots");
    }
    var past = new LinkedHashMap<String, OnnxTensor>();
    var present = new LinkedHashMap<String, OnnxTensor>();
    for (int side = 0; side < sides.size(); side++) {
      ByteBuffer slice =
          sides.get(side).slice(range.first() * slotBytes(), range.count() * slotBytes());
      String suffix = side / 2 + (side % 2 == 0 ? ".key" : ".value");
      try {
        OnnxTensor tensor = graph.bind(slice.order(ByteOrder.nativeOrder()), range.count(), tokens);
        past.put(range.part() + ".past." + suffix, tensor);
        present.put(range.part() + ".present." + suffix, tensor);
      } catch (OrtException e) {
        past.values().forEach(OnnxTensor::close);
        throw OnnxRuntime.failure("bind the KV cache", e);
      }
    }
    return new View(past, present);
  }

  /** All slots of one side. */
  public ByteBuffer side(int side) {
    return sides.get(side);
  }

  /**
   * The largest absolute numbers of a slot's first tokens, in fp32.
   *
   * @param largest by head and column of that side: they grow where these are larger
   */
  public void largest(int side, int slot, int count, float[] largest) {
    FloatBuffer numbers = sides.get(side).asFloatBuffer();
    int columns = config.attention().cacheWidth();
    for (int column = 0; column < largest.length; column++) {
      int head = slot * config.attention().kvHeads() + column / columns;
      int first = head * tokens * columns + column % columns;
      for (int t = 0; t < count; t++) {
        largest[column] = Math.max(largest[column], Math.abs(numbers.get(first + t * columns)));
      }
    }
  }

  /**
   * A slot's first tokens, in int8, mean nearly the same with other scales.
   *
   * @param ratios old scales divided by new ones, by side, head and column
   */
  public void rescale(int slot, int count, List<float[]> ratios) {
    int columns = config.attention().cacheWidth();
    for (int side = 0; side < sides.size(); side++) {
      ByteBuffer numbers = sides.get(side);
      float[] ratio = ratios.get(side);
      for (int column = 0; column < ratio.length; column++) {
        int head = slot * config.attention().kvHeads() + column / columns;
        int first = head * tokens * columns + column % columns;
        for (int t = 0; ratio[column] != 1 && t < count; t++) {
          int at = first + t * columns;
          int scaled = Math.round(numbers.get(at) * ratio[column]);
          numbers.put(at, (byte) Math.max(Byte.MIN_VALUE, Math.min(Byte.MAX_VALUE, scaled)));
        }
      }
    }
  }

  /** Copies the first tokens of one slot to another. */
  public void copy(int from, int to, int count) {
    if (from == to) {
      return;
    }
    int headBytes = tokens * tokenBytes();
    for (ByteBuffer side : sides) {
      for (int head = 0; head < config.attention().kvHeads(); head++) {
        int source = from * slotBytes() + head * headBytes;
        int target = to * slotBytes() + head * headBytes;
        side.put(target, side, source, count * tokenBytes());
      }
    }
  }

  /** What {@code count} tokens of a slot take, in bytes. */
  public long bytes(int count) {
    return (long) sides.size() * config.attention().kvHeads() * count * tokenBytes();
  }

  /** The first tokens of a slot, to be put back by {@link #load}. */
  public byte[] save(int slot, int count) {
    var kept = new byte[Math.toIntExact(bytes(count))];
    int length = count * tokenBytes();
    int at = 0;
    for (ByteBuffer side : sides) {
      for (int head = 0; head < config.attention().kvHeads(); head++) {
        side.get(slot * slotBytes() + head * tokens * tokenBytes(), kept, at, length);
        at += length;
      }
    }
    return kept;
  }

  /** Puts the first tokens of some slot into this one. */
  public void load(int slot, int count, byte[] kept) {
    int length = count * tokenBytes();
    int at = 0;
    for (ByteBuffer side : sides) {
      for (int head = 0; head < config.attention().kvHeads(); head++) {
        side.put(slot * slotBytes() + head * tokens * tokenBytes(), kept, at, length);
        at += length;
      }
    }
  }

  @Override
  public void close() {
    views.values().forEach(view -> view.past().values().forEach(OnnxTensor::close));
    views.clear();
  }
}
