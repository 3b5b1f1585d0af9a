package org.rlaif.serving.weights;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.rlaif.model.DecoderConfig;
import org.rlaif.model.Weights;
import org.rlaif.model.onnx.BlockMatrix;
import org.rlaif.model.onnx.Precision;
import org.rlaif.model.onnx.Quantization;
import org.rlaif.serving.decode.ForwardPass;
import org.rlaif.serving.engine.TestModels;
import org.rlaif.serving.graph.ComputeConfig;
import org.rlaif.serving.graph.DecoderSession;
import org.rlaif.serving.graph.GraphSpec;
import org.rlaif.serving.graph.KvCache;
import org.rlaif.serving.graph.OnnxRuntime;
import org.rlaif.serving.update.QuantizationCheck;

/** ONNX Runtime reads the blocks as they were meant, and the cache as it was scaled. */
class QuantizedGraphTest {
  private static final int TOKENS = 60;

  /** Widths, MLP widths and vocabularies that are no multiples of 32, and such that are. */
  private static final List<DecoderConfig> CONFIGS =
      List.of(
          DecoderConfig.gpt2(300, 64, 40, 2, 5, 72),
          DecoderConfig.gpt2(301, 64, 96, 2, 6, 200),
          DecoderConfig.gpt2(320, 64, 64, 3, 2, 256));

  private final OnnxRuntime runtime = OnnxRuntime.shared(ComputeConfig.threads(2));

  /**
   * Blocks against what they stand for, multiplied in fp32. What is left is the rounding of the
   * inputs to int8; weights in another order would be off by more than the log-probabilities vary.
   */
  @Test
  void blocksAreTheirWeights() {
    for (DecoderConfig config : CONFIGS) {
      for (Precision precision : List.of(Precision.INT8, Precision.INT4)) {
        var blocks = new Quantization(precision, Precision.FP32);
        // The embedding is also looked up, so it must be what the head's blocks stand for. What
        // blocks stand for is quantised to itself, but for a few ties.
        Weights weights = standsFor(config, blocks, TestModels.weights(config, 7));
        float[][] exact = logprobs(config, Quantization.NONE, weights, TOKENS);
        float[][] found = logprobs(config, blocks, weights, TOKENS);
        String what = config + " " + precision;
        assertTrue(meanDifference(exact, found) < 0.03, what + " " + meanDifference(exact, found));
        assertTrue(meanDifference(exact, mean(exact)) > 0.5, what + " has flat distributions");
      }
    }
  }

  /** An int8 cache: token by token, and as a whole; near fp32 either way. */
  @Test
  void aQuantisedCacheDecodesAsItPrefills() {
    for (DecoderConfig config : CONFIGS) {
      var cache = new Quantization(Precision.FP32, Precision.INT8);
      Weights weights = TestModels.weights(config, 7);
      float[][] exact = logprobs(config, Quantization.NONE, weights, TOKENS);
      float[][] whole = logprobs(config, cache, weights, TOKENS);
      float[][] steps = logprobs(config, cache, weights, 1);
      assertTrue(meanDifference(whole, steps) < 1e-4, config + " " + meanDifference(whole, steps));
      assertTrue(meanDifference(exact, whole) < 0.04, config + " " + meanDifference(exact, whole));
    }
  }

  /** Rows of different lengths in one decode step, each as if it were alone. */
  @Test
  void rowsOfDifferentLengthsShareAQuantisedCache() {
    DecoderConfig config = CONFIGS.get(0);
    var quantization = new Quantization(Precision.INT8, Precision.INT8);
    Weights weights = TestModels.weights(config, 7);
    float[][] expected = logprobs(config, quantization, weights, TOKENS);
    int[] text = TestModels.prompt(config, TOKENS, 3);
    int[] lengths = {3, 58, 17, 30, 1};
    WeightArena arena = arena(config, quantization, weights);
    try (DecoderSession session = arena.session(runtime);
        var cache = new KvCache(new GraphSpec(runtime, config, Precision.INT8), lengths.length);
        var pass =
            new ForwardPass(
                new GraphSpec(runtime, config, Precision.INT8),
                lengths.length,
                TOKENS,
                lengths.length)) {
      for (int row = 0; row < lengths.length; row++) {
        pass.clear();
        pass.chunk(row, text, 0, lengths[row]);
        pass.run(session, cache);
      }
      pass.clear();
      for (int length : lengths) {
        pass.row(text[length], length, 1);
      }
      pass.run(session, cache);
      var found = new float[config.vocabularySize()];
      for (int row = 0; row < lengths.length; row++) {
        pass.logprobs(row, found);
        assertEquals(
            0,
            meanDifference(new float[][] {expected[lengths[row]]}, new float[][] {found}),
            1e-4,
            "row " + row);
      }
    }
  }

  /** The distributions behind every token of a text, run in pieces of that many tokens. */
  private float[][] logprobs(
      DecoderConfig config, Quantization quantization, Weights weights, int piece) {
    int[] text = TestModels.prompt(config, TOKENS, 3);
    var logprobs = new float[TOKENS][config.vocabularySize()];
    WeightArena arena = arena(config, quantization, weights);
    try (DecoderSession session = arena.session(runtime);
        var cache = new KvCache(new GraphSpec(runtime, config, quantization.kvCache()), 1);
        var pass =
            new ForwardPass(
                new GraphSpec(runtime, config, quantization.kvCache()), 1, TOKENS, TOKENS)) {
      for (int from = 0; from < TOKENS; from += piece) {
        int to = Math.min(from + piece, TOKENS);
        pass.clear();
        if (piece == 1) {
          pass.row(text[from], from, 1);
        } else {
          pass.chunk(0, text, from, to);
          for (int t = from; t < to; t++) {
            pass.chunkHead(t, 0, 1);
          }
        }
        pass.run(session, cache);
        for (int t = from; t < to; t++) {
          pass.logprobs(t - from, logprobs[t]);
        }
      }
    }
    return logprobs;
  }

  private WeightArena arena(DecoderConfig config, Quantization quantization, Weights weights) {
    var layout = new WeightLayout(config, quantization);
    WeightArena arena = new WeightArena(layout);
    if (!quantization.isNone()) {
      try (var check =
          QuantizationCheck.start(
              runtime, layout, TestModels.vocabulary(config), List.of(), weights::get)) {
        arena.scale(check.scales());
      }
    }
    arena.fill(weights);
    return arena;
  }

  /** The weights that blocks stand for: scale times (value less zero point). */
  private static Weights standsFor(DecoderConfig config, Quantization blocks, Weights weights) {
    WeightArena arena = new WeightArena(new WeightLayout(config, blocks));
    arena.fill(weights);
    Weights left = Weights.allocate(config.parameters());
    config.parameters().forEach(spec -> left.get(spec.name()).put(weights.get(spec.name())));
    for (BlockMatrix matrix : blocks.matrices(config)) {
      FloatBuffer numbers = left.get(matrix.source());
      for (int output = 0; output < matrix.outputs(); output++) {
        for (int input = 0; input < matrix.inputs(); input++) {
          int index =
              matrix.outputsFirst()
                  ? output * matrix.inputs() + input
                  : input * matrix.outputs() + output;
          numbers.put(index, weight(arena, matrix, output, input));
        }
      }
    }
    return left;
  }

  private static float weight(WeightArena arena, BlockMatrix matrix, int output, int input) {
    int block = output * matrix.blocks() + input / BlockMatrix.BLOCK;
    ByteBuffer values = arena.bytes(matrix.values().name());
    ByteBuffer zeros = arena.bytes(matrix.zeroPoints().name());
    int value = number(values, block * matrix.blockBytes(), input % 32, matrix.bits());
    int zero = number(zeros, output * matrix.zeroPointBytes(), input / 32, matrix.bits());
    return arena.floats(matrix.scales().name()).get(block) * (value - zero);
  }

  private static int number(ByteBuffer bytes, int from, int index, int bits) {
    int both = bytes.get(from + index * bits / 8) & 0xff;
    return bits == 8 ? both : index % 2 == 0 ? both & 0xf : both >> 4;
  }

  private static double meanDifference(float[][] first, float[][] second) {
    double sum = 0;
    for (int i = 0; i < first.length; i++) {
      for (int j = 0; j < first[i].length; j++) {
        sum += Math.abs(first[i][j] - second[i][j]);
      }
    }
    return sum / first.length / first[0].length;
  }

  /** Of every row, its mean in every place. */
  private static float[][] mean(float[][] rows) {
    var means = new float[rows.length][rows[0].length];
    for (int i = 0; i < rows.length; i++) {
      double sum = 0;
      for (float each : rows[i]) {
        sum += each;
      }
      Arrays.fill(means[i], (float) (sum / rows[i].length));
    }
    return means;
  }
}
