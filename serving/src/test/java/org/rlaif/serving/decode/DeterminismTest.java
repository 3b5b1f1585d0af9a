package org.rlaif.serving.decode;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.rlaif.model.DecoderConfig;
import org.rlaif.model.onnx.Precision;
import org.rlaif.model.onnx.Quantization;
import org.rlaif.serving.engine.Collector;
import org.rlaif.serving.engine.Models;
import org.rlaif.serving.engine.PolicyEngine;
import org.rlaif.serving.engine.TestModels;
import org.rlaif.serving.graph.ComputeConfig;
import org.rlaif.serving.graph.DecoderSession;
import org.rlaif.serving.graph.GraphSpec;
import org.rlaif.serving.graph.KvCache;
import org.rlaif.serving.graph.OnnxRuntime;
import org.rlaif.serving.queue.Completion;
import org.rlaif.serving.sampling.Sampling;
import org.rlaif.serving.sampling.SequenceId;
import org.rlaif.serving.update.QuantizationCheck;
import org.rlaif.serving.weights.WeightArena;
import org.rlaif.serving.weights.WeightLayout;

/** Same seed, same prompt, same weights: the same tokens and the same bits, whoever shares. */
class DeterminismTest {
  private static final int PROMPTS = 12;
  private static final int MOST_ROWS = 33;

  /**
   * Units in the last place. With weights in int4 and no AVX-512, ONNX Runtime 1.28 multiplies one
   * row in another order than several: 2 of them were seen.
   */
  private static final int APART = isWithoutAvx512() ? 16 : 0;

  @TempDir Path folder;

  private static boolean isWithoutAvx512() {
    try {
      return !Files.readString(Path.of("/proc/cpuinfo")).contains("avx512");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** How far the numbers of the same sequence may be apart. */
  private static int apart(Precision weights) {
    return weights == Precision.INT4 ? APART : 0;
  }

  @Test
  void tinyModel() {
    promise(TestModels.TINY, Quantization.NONE, Sampling.of(1, Integer.MAX_VALUE, 42));
  }

  @Test
  void quickstartShape() {
    promise(
        TestModels.SMALL, Quantization.NONE, new Sampling(0.8, 200, 0.95, Integer.MAX_VALUE, 43));
  }

  static List<DecoderConfig> families() {
    return List.of(
        TestModels.LLAMA,
        TestModels.QWEN,
        TestModels.MISTRAL,
        TestModels.PYTHIA,
        TestModels.WIDENED);
  }

  @ParameterizedTest
  @MethodSource("families")
  void everyFamily(DecoderConfig config) {
    promise(config, Quantization.NONE, Sampling.of(1, Integer.MAX_VALUE, 46));
  }

  @ParameterizedTest
  @MethodSource("families")
  void everyFamilyQuantised(DecoderConfig config) {
    promise(
        config,
        new Quantization(Precision.INT8, Precision.INT8),
        Sampling.of(1, Integer.MAX_VALUE, 47));
  }

  /** Prompts of three chunks. */
  @Test
  void longPrompts() {
    promise(
        DecoderConfig.gpt2(300, 400, 16, 2, 2, 32),
        Quantization.NONE,
        Sampling.of(1.3, Integer.MAX_VALUE, 44));
  }

  @ParameterizedTest
  @CsvSource({"INT8, FP32", "INT4, FP32", "INT8, INT8", "FP32, INT8"})
  void quantised(Precision weights, Precision kvCache) {
    promise(
        TestModels.SMALL,
        new Quantization(weights, kvCache),
        Sampling.of(1, Integer.MAX_VALUE, 45));
  }

  /** However a prompt is cut, and however many rows decode beside it, its numbers are the same. */
  @ParameterizedTest
  @CsvSource({"FP32, FP32", "INT8, FP32", "INT4, INT8"})
  void chunksOfAnySizeBesideAnyRows(Precision weights, Precision kvCache) {
    for (int width : weights == Precision.FP32 ? new int[] {16, 32, 96, 256} : new int[] {32, 96}) {
      DecoderConfig config = DecoderConfig.gpt2(300, 400, width, 2, 2, 2 * width);
      OnnxRuntime runtime = OnnxRuntime.shared(ComputeConfig.threads(2));
      WeightArena arena = arena(runtime, config, new Quantization(weights, kvCache));
      try (DecoderSession session = arena.session(runtime);
          var cache = new KvCache(new GraphSpec(runtime, config, kvCache), MOST_ROWS + 1);
          var pass =
              new ForwardPass(
                  new GraphSpec(runtime, config, kvCache),
                  MOST_ROWS,
                  Prefill.CHUNK,
                  MOST_ROWS + 1)) {
        int[][] alone = new int[MOST_ROWS][];
        for (int tokens : new int[] {1, 2, 16, 17, 33, 65, 128, 129, 161, 257, 300}) {
          int[] prompt = TestModels.prompt(config, tokens, tokens);
          int apart = apart(weights);
          int[] whole = logprobs(session, cache, pass, prompt, Prefill.CHUNK, 0, alone, apart);
          for (int most : new int[] {3, 16, Prefill.PIECE, 96}) {
            for (int rows : new int[] {0, 1, 2, 15, 16, 17, 31, 32, 33}) {
              assertSame(
                  whole,
                  logprobs(session, cache, pass, prompt, most, rows, alone, apart),
                  apart,
                  "%d tokens by %d beside %d rows, width %d".formatted(tokens, most, rows, width));
            }
          }
        }
      }
    }
  }

  /** Prompts that are computed together have the numbers they have alone, and so what follows. */
  @ParameterizedTest
  @CsvSource({"FP32, FP32", "INT8, FP32", "INT4, INT8"})
  void promptsTogether(Precision weights, Precision kvCache) {
    var lengths =
        List.of(
            new int[] {17, 20, 33, 31},
            new int[] {1, 1, 2},
            new int[] {128, 64, 127, 100},
            new int[] {16, 16, 16, 16, 16, 16, 16, 16, 16},
            new int[] {49, 48});
    for (int width : weights == Precision.FP32 ? new int[] {16, 32, 96, 256} : new int[] {32, 96}) {
      DecoderConfig config = DecoderConfig.gpt2(300, 400, width, 2, 2, 2 * width);
      OnnxRuntime runtime = OnnxRuntime.shared(ComputeConfig.threads(2));
      WeightArena arena = arena(runtime, config, new Quantization(weights, kvCache));
      try (DecoderSession session = arena.session(runtime);
          var cache = new KvCache(new GraphSpec(runtime, config, kvCache), 16);
          var pass =
              new ForwardPass(new GraphSpec(runtime, config, kvCache), 16, Prefill.TOGETHER, 16)) {
        for (int[] some : lengths) {
          List<int[]> prompts = new ArrayList<>();
          List<int[]> alone = new ArrayList<>();
          for (int i = 0; i < some.length; i++) {
            var prefill = new Prefill(TestModels.prompt(config, some[i], i), 1);
            prompts.add(TestModels.prompt(config, some[i], i));
            prefill.run(session, pass, cache, i);
            alone.add(output(pass, prefill.output()));
          }
          List<int[]> afterAlone = next(session, cache, pass, some);
          pass.clear();
          pass.prompts(0, prompts, Collections.nCopies(some.length, 1.0));
          pass.run(session, cache);
          for (int i = 0; i < some.length; i++) {
            assertSame(
                alone.get(i),
                output(pass, i),
                apart(weights),
                "prompt %d of %s, width %d".formatted(i, Arrays.toString(some), width));
          }
          List<int[]> after = next(session, cache, pass, some);
          for (int i = 0; i < some.length; i++) {
            assertSame(afterAlone.get(i), after.get(i), apart(weights), "the next token");
          }
        }
      }
    }
  }

  /** Of the token behind prompts of these lengths, in the first slots. */
  private static List<int[]> next(
      DecoderSession session, KvCache cache, ForwardPass pass, int[] lengths) {
    pass.clear();
    for (int length : lengths) {
      pass.row(5, length, 1);
    }
    pass.run(session, cache);
    List<int[]> found = new ArrayList<>();
    for (int row = 0; row < lengths.length; row++) {
      found.add(output(pass, row));
    }
    return found;
  }

  /** However many rows decode, the numbers of each are the same. */
  @Test
  void anyNumberOfRows() {
    for (int width : new int[] {16, 32, 96, 256}) {
      DecoderConfig config = DecoderConfig.gpt2(300, 64, width, 2, 2, 2 * width);
      OnnxRuntime runtime = OnnxRuntime.shared(ComputeConfig.threads(2));
      WeightArena arena = arena(runtime, config, Quantization.NONE);
      int most = 66;
      try (DecoderSession session = arena.session(runtime);
          var cache = new KvCache(new GraphSpec(runtime, config, Precision.FP32), most);
          var pass =
              new ForwardPass(new GraphSpec(runtime, config, Precision.FP32), most, 1, most)) {
        int[][] expected = null;
        for (int rows = most; rows > 0; rows--) {
          pass.clear();
          for (int row = 0; row < rows; row++) {
            pass.row(3 + row, 0, 1);
          }
          pass.run(session, cache);
          int[][] found = new int[rows][];
          for (int row = 0; row < rows; row++) {
            found[row] = output(pass, row);
          }
          expected = expected == null ? found : expected;
          for (int row = 0; row < rows; row++) {
            assertArrayEquals(
                expected[row], found[row], "row %d of %d, width %d".formatted(row, rows, width));
          }
        }
      }
    }
  }

  /**
   * The bits at the prompt's end, while rows decode in the slots before.
   *
   * @param alone what every row had when it was first seen; it must have the same again
   * @param apart how far that may be apart
   */
  private static int[] logprobs(
      DecoderSession session,
      KvCache cache,
      ForwardPass pass,
      int[] prompt,
      int most,
      int rows,
      int[][] alone,
      int apart) {
    var prefill = new Prefill(prompt, 1);
    while (!prefill.isDone()) {
      pass.clear();
      for (int row = 0; row < rows; row++) {
        pass.row(3 + row, 0, 1);
      }
      prefill.put(pass, MOST_ROWS, most);
      pass.run(session, cache);
      prefill.ran();
      for (int row = 0; row < rows; row++) {
        int[] found = output(pass, row);
        alone[row] = alone[row] == null ? found : alone[row];
        assertSame(alone[row], found, apart, "row " + row + " of " + rows);
      }
    }
    return output(pass, prefill.output());
  }

  /** Weights of seed 7, kept so. */
  private static WeightArena arena(
      OnnxRuntime runtime, DecoderConfig config, Quantization quantization) {
    var layout = new WeightLayout(config, quantization);
    WeightArena arena = new WeightArena(layout);
    try (var check =
        QuantizationCheck.start(
            runtime,
            layout,
            TestModels.vocabulary(config),
            List.of(),
            TestModels.weights(config, 7)::get)) {
      arena.scale(check.scales());
    }
    arena.fill(TestModels.weights(config, 7));
    return arena;
  }

  private static int[] output(ForwardPass pass, int number) {
    var found = new float[300];
    pass.logprobs(number, found);
    return bits(found);
  }

  /** Prompts end at different distances from the context's end: rows come and go all the time. */
  private void promise(DecoderConfig config, Quantization quantization, Sampling sampling) {
    int apart = apart(quantization.weights());
    Path saved = TestModels.save(folder.resolve("policy"), config, 7);
    List<int[]> prompts = new ArrayList<>();
    for (int i = 0; i < PROMPTS; i++) {
      prompts.add(TestModels.prompt(config, config.contextLength() - 30 + 2 * i, i));
    }
    Map<SequenceId, Completion> together;
    try (Models models = TestModels.models(32)) {
      models.load("policy", saved, quantization.weights(), quantization.kvCache());
      together = Collector.sample(models.policy("policy"), prompts, 3, sampling);
      assertEquals(3 * PROMPTS, together.size());
      long lengths = together.values().stream().map(c -> c.tokens().length).distinct().count();
      assertTrue(lengths >= PROMPTS, "lengths " + lengths);
    }

    // After a restart, in few slots: rows come, go and move all the time.
    try (Models models = TestModels.models(5)) {
      models.load("policy", saved, quantization.weights(), quantization.kvCache());
      same(together, Collector.sample(models.policy("policy"), prompts, 3, sampling), apart);
    }

    // Alone, one at a time.
    try (Models models = TestModels.models(1)) {
      models.load("policy", saved, quantization.weights(), quantization.kvCache());
      same(together, Collector.sample(models.policy("policy"), prompts, 3, sampling), apart);
    }

    // The prompt of index 0 with one sample instead of three, and beside other prompts.
    try (Models models = TestModels.models(8)) {
      models.load("policy", saved, quantization.weights(), quantization.kvCache());
      PolicyEngine engine = models.policy("policy");
      List<int[]> others = new ArrayList<>(prompts.subList(1, PROMPTS));
      Collections.reverse(others);
      others.add(0, prompts.get(0));
      Map<SequenceId, Completion> found = Collector.sample(engine, others, 1, sampling);
      same(together.get(new SequenceId(0, 0)), found.get(new SequenceId(0, 0)), apart, "first");
    }
  }

  private static void same(
      Map<SequenceId, Completion> expected, Map<SequenceId, Completion> found, int apart) {
    assertEquals(expected.keySet(), found.keySet());
    expected.forEach((id, completion) -> same(completion, found.get(id), apart, id.toString()));
  }

  private static void same(Completion expected, Completion found, int apart, String id) {
    assertArrayEquals(expected.tokens(), found.tokens(), id);
    assertSame(bits(expected.logprobs()), bits(found.logprobs()), apart, id);
  }

  /**
   * Bits of log-probabilities, which have one sign.
   *
   * @param apart units in the last place
   */
  private static void assertSame(int[] expected, int[] found, int apart, String what) {
    if (apart == 0) {
      assertArrayEquals(expected, found, what);
    }
    assertEquals(expected.length, found.length, what);
    for (int i = 0; i < expected.length; i++) {
      if (Math.abs((long) expected[i] - found[i]) > apart) { // words only where they are needed
        fail("%s, %d: %d and %d".formatted(what, i, expected[i], found[i]));
      }
    }
  }

  private static int[] bits(float[] numbers) {
    int[] bits = new int[numbers.length];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = Float.floatToRawIntBits(numbers[i]);
    }
    return bits;
  }
}
