package org.rlaif.serving.graph;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import java.nio.Buffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.util.HashMap;
import java.util.Map;
import org.rlaif.model.DecoderConfig.Head;
import org.rlaif.serving.graph.KvCache.View;

/**
 * The graph's inputs and outputs but for the KV cache, as {@code OnnxDecoder} documents them, in
 * memory that is used again. Used by one thread at a time.
 */
final class Operands {
  final LongBuffer ids;
  final LongBuffer positions;
  final IntBuffer rowLengths;
  final IntBuffer chunkLengths;
  final LongBuffer chosen;
  final LongBuffer targets;
  final FloatBuffer temperatures;
  final FloatBuffer result;
  final FloatBuffer scaledLogits;
  private final LongBuffer parts = longs(2);
  private final IntBuffer rowLongest = ints(1);
  private final LongBuffer chunkShape = longs(3);
  private final IntBuffer chunkLongest = ints(1);
  private final GraphSpec graph;
  private final Output output;

  /**
   * What a run takes.
   *
   * @param rows of one token each
   * @param chunkRows rows of the chunk
   * @param chunkTokens of each of them, padding included
   * @param longest tokens in the slot of the longest of them after the run
   * @param heads outputs
   * @param scaled whether scaled logits are wanted
   */
  record Shape(int rows, int chunkRows, int chunkTokens, int longest, int heads, boolean scaled) {
    int tokens() {
      return rows + chunkRows * chunkTokens;
    }
  }

  /**
   * @param rows at most in a run
   * @param chunkRows at most in a chunk
   * @param tokens of a chunk, at most
   * @param heads at most in a run
   */
  Operands(GraphSpec graph, int rows, int chunkRows, int tokens, int heads, Output output) {
    this.graph = graph;
    this.output = output;
    this.ids = longs(rows + tokens);
    this.positions = longs(rows + tokens);
    this.rowLengths = ints(rows);
    this.chunkLengths = ints(chunkRows);
    this.chosen = longs(heads);
    this.targets = longs(heads);
    this.temperatures = floats(heads);
    int numbers = output == Output.LOGPROBS ? graph.config().vocabularySize() : 1;
    this.result = floats(Math.multiplyExact(heads, numbers));
    this.scaledLogits = floats(heads);
  }

  /** Runs the graph. */
  void run(DecoderSession session, View rowView, View chunkView, Shape shape) {
    int rows = shape.rows();
    int heads = shape.heads();
    parts.put(0, rows).put(1, shape.tokens() - rows);
    chunkShape.put(0, shape.chunkRows()).put(1, shape.chunkTokens());
    chunkShape.put(2, graph.config().attention().cachePackedWidth());
    chunkLongest.put(0, shape.longest());
    int longest = 0;
    for (int row = 0; row < rows; row++) {
      longest = Math.max(longest, rowLengths.get(row));
    }
    rowLongest.put(0, longest + 1);
    var mine = new HashMap<String, OnnxTensor>();
    try {
      mine.put("input_ids", tensor(ids, shape.tokens()));
      mine.put("position_ids", tensor(positions, shape.tokens()));
      mine.put("parts", tensor(parts, 2));
      mine.put("rows.lengths", tensor(rowLengths, rows));
      mine.put("rows.longest", tensor(rowLongest, 1));
      mine.put("chunk.shape", tensor(chunkShape, 3));
      mine.put("chunk.lengths", tensor(chunkLengths, shape.chunkRows()));
      mine.put("chunk.longest", tensor(chunkLongest, 1));
      mine.put("chosen", tensor(chosen, heads));
      if (graph.config().head() == Head.LANGUAGE_MODEL) {
        mine.put("temperature", tensor(temperatures, heads, 1));
        mine.put("targets", tensor(targets, heads, 1));
      }
      Map<String, OnnxTensor> inputs = new HashMap<>(mine);
      inputs.putAll(rowView.past());
      inputs.putAll(chunkView.past());
      Map<String, OnnxTensor> outputs = new HashMap<>();
      outputs.put(output.graphName(), head(heads));
      if (shape.scaled()) {
        outputs.put("chosen_scaled_logits", tensor(scaledLogits, heads, 1));
      }
      mine.putAll(outputs);
      outputs.putAll(rowView.present());
      outputs.putAll(chunkView.present());
      session.run(inputs, outputs);
    } catch (OrtException e) {
      throw OnnxRuntime.failure("bind a run", e);
    } finally {
      mine.values().forEach(OnnxTensor::close);
    }
  }

  private OnnxTensor head(int heads) throws OrtException {
    return switch (output) {
      case LOGPROBS -> tensor(result, heads, graph.config().vocabularySize());
      case CHOSEN -> tensor(result, heads, 1);
      case SCORES -> tensor(result, heads);
    };
  }

  /** The beginning of a buffer, in a shape. */
  private OnnxTensor tensor(Buffer buffer, long... shape) throws OrtException {
    int count = 1;
    for (long dimension : shape) {
      count *= (int) dimension;
    }
    if (buffer instanceof LongBuffer longs) {
      return OnnxTensor.createTensor(graph.runtime().environment(), longs.slice(0, count), shape);
    }
    if (buffer instanceof IntBuffer ints) {
      return OnnxTensor.createTensor(graph.runtime().environment(), ints.slice(0, count), shape);
    }
    return OnnxTensor.createTensor(
        graph.runtime().environment(), ((FloatBuffer) buffer).slice(0, count), shape);
  }

  private static LongBuffer longs(int count) {
    return Tensors.direct((long) count * Long.BYTES).asLongBuffer();
  }

  private static IntBuffer ints(int count) {
    return Tensors.direct((long) count * Integer.BYTES).asIntBuffer();
  }

  private static FloatBuffer floats(int count) {
    return Tensors.direct((long) count * Float.BYTES).asFloatBuffer();
  }
}
