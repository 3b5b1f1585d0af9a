package org.rlaif.serving.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxTensorLike;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.rlaif.model.DecoderConfig;
import org.rlaif.model.GoldenFamilies;
import org.rlaif.model.GoldenFamilies.Case;
import org.rlaif.model.ModelFolder;
import org.rlaif.model.onnx.LargeExport;
import org.rlaif.model.onnx.OnnxExport;
import org.rlaif.serving.engine.FamiliesTest;

/**
 * Exports of every family, run as other clients run them, against what Hugging Face transformers
 * computes in float64: whole and with a cache, alone and in a batch, padded on either side.
 */
class PortableModelTest {
  private static final double TOLERANCE = 4e-5;

  private static final OrtEnvironment RUNTIME =
      OnnxRuntime.shared(ComputeConfig.threads(2)).environment();

  @TempDir Path folder;

  static List<String> policies() {
    return FamiliesTest.policies();
  }

  static List<String> rewardModels() {
    return FamiliesTest.rewardModels();
  }

  @ParameterizedTest
  @MethodSource("policies")
  void aWholeSequence(String name) throws OrtException {
    DecoderConfig config = export(name);
    try (OrtSession session = open()) {
      for (Case golden : GoldenFamilies.cases(name)) {
        Grid grid = Grid.of(List.of(golden), Side.RIGHT);
        compare(grid, logits(session, config, grid, grid.width()));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("policies")
  void tokenByTokenWithTheCache(String name) throws OrtException {
    DecoderConfig config = export(name);
    try (OrtSession session = open()) {
      for (Case golden : GoldenFamilies.cases(name)) {
        Grid grid = Grid.of(List.of(golden), Side.RIGHT);
        compare(grid, logits(session, config, grid, 1));
      }
    }
  }

  /** The shortest row is still empty, all padding, while the others begin on the left. */
  @ParameterizedTest
  @MethodSource("policies")
  void aRaggedBatchPaddedOnEitherSide(String name) throws OrtException {
    DecoderConfig config = export(name);
    try (OrtSession session = open()) {
      for (Side side : Side.values()) {
        Grid grid = Grid.of(GoldenFamilies.cases(name), side);
        for (int step : new int[] {grid.width(), 7, 1}) {
          compare(grid, logits(session, config, grid, step));
        }
      }
    }
  }

  @Test
  void weightsBesideTheGraph() throws OrtException {
    try (ModelFolder model = ModelFolder.open(GoldenFamilies.unpack("qwen2_f16", folder))) {
      LargeExport.write(model, folder.resolve("export"));
      try (OrtSession session = open()) {
        Grid grid = Grid.of(GoldenFamilies.cases("qwen2_f16"), Side.LEFT);
        compare(grid, logits(session, model.config(), grid, grid.width()));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("rewardModels")
  void scores(String name) throws OrtException {
    export(name);
    List<Case> cases = GoldenFamilies.cases(name);
    try (OrtSession session = open()) {
      for (Side side : Side.values()) {
        compareScores(session, Grid.of(cases, side));
      }
      for (Case golden : cases) {
        compareScores(session, Grid.of(List.of(golden), Side.LEFT));
      }
    }
  }

  private static void compareScores(OrtSession session, Grid grid) throws OrtException {
    try (OnnxTensor ids = OnnxTensor.createTensor(RUNTIME, grid.tokens());
        OnnxTensor mask = OnnxTensor.createTensor(RUNTIME, grid.mask());
        var result = session.run(Map.of("input_ids", ids, "attention_mask", mask))) {
      var scores = (float[][]) result.get("logits").orElseThrow().getValue();
      assertEquals(grid.cases().size(), scores.length);
      for (int row = 0; row < scores.length; row++) {
        assertEquals(grid.cases().get(row).score(), scores[row][0], TOLERANCE, "row " + row);
      }
    }
  }

  private enum Side {
    LEFT,
    RIGHT
  }

  /** Sequences as rows of one length; what padding holds must not matter. */
  @SuppressWarnings("ArrayRecordComponent") // never compared as records
  private record Grid(
      List<Case> cases, long[][] tokens, long[][] mask, long[][] positions, int[] starts) {
    static Grid of(List<Case> cases, Side side) {
      int rows = cases.size();
      int width = cases.stream().mapToInt(each -> each.tokens().length).max().orElseThrow();
      var grid =
          new Grid(
              cases,
              new long[rows][width],
              new long[rows][width],
              new long[rows][width],
              new int[rows]);
      for (int row = 0; row < rows; row++) {
        int[] tokens = cases.get(row).tokens();
        int start = side == Side.LEFT ? width - tokens.length : 0;
        grid.starts[row] = start;
        Arrays.fill(grid.tokens[row], side == Side.LEFT ? 3 : 5);
        Arrays.fill(grid.positions[row], 1); // as transformers fills it
        for (int t = 0; t < tokens.length; t++) {
          grid.tokens[row][start + t] = tokens[t];
          grid.mask[row][start + t] = 1;
          grid.positions[row][start + t] = t;
        }
      }
      return grid;
    }

    int width() {
      return tokens[0].length;
    }
  }

  private static void compare(Grid grid, float[][][] logits) {
    for (int row = 0; row < logits.length; row++) {
      Case golden = grid.cases().get(row);
      int[] tokens = golden.tokens();
      for (int t = 0; t < tokens.length; t++) {
        double[] logprobs = logSoftmax(logits[row][grid.starts()[row] + t]);
        String place = "row " + row + ", token " + t;
        if (t + 1 < tokens.length) {
          assertEquals(golden.chosen()[t], logprobs[tokens[t + 1]], TOLERANCE, place);
        } else {
          for (int id = 0; id < logprobs.length; id++) {
            assertEquals(golden.last()[id], logprobs[id], TOLERANCE, place + ", id " + id);
          }
        }
      }
    }
  }

  private static double[] logSoftmax(float[] logits) {
    double most = IntStream.range(0, logits.length).mapToDouble(i -> logits[i]).max().orElseThrow();
    double sum =
        IntStream.range(0, logits.length).mapToDouble(i -> Math.exp(logits[i] - most)).sum();
    return IntStream.range(0, logits.length)
        .mapToDouble(i -> logits[i] - most - Math.log(sum))
        .toArray();
  }

  private DecoderConfig export(String name) {
    try (ModelFolder model = ModelFolder.open(GoldenFamilies.unpack(name, folder))) {
      OnnxExport.write(model, folder.resolve("export"), 3, "1.2.3", bytes -> {});
      return model.config();
    }
  }

  private OrtSession open() throws OrtException {
    return RUNTIME.createSession(folder.resolve("export/model.onnx").toString());
  }

  /** (B, S, V), computed in steps of so many columns, each with what was present as its past. */
  private static float[][][] logits(OrtSession session, DecoderConfig config, Grid grid, int step)
      throws OrtException {
    int rows = grid.cases().size();
    var logits = new float[rows][grid.width()][];
    Map<String, OnnxTensor> empty = noPast(config, rows);
    OrtSession.Result before = null;
    try {
      for (int from = 0; from < grid.width(); from += step) {
        int to = Math.min(from + step, grid.width());
        var inputs = new HashMap<String, OnnxTensorLike>(empty);
        if (before != null) {
          for (var present : before) {
            String past = present.getKey().replace("present.", "past_key_values.");
            inputs.replace(past, (OnnxTensor) present.getValue());
          }
        }
        OrtSession.Result now;
        try (OnnxTensor ids = columns(grid.tokens(), from, to);
            OnnxTensor mask = columns(grid.mask(), 0, to);
            OnnxTensor positions = columns(grid.positions(), from, to)) {
          inputs.put("input_ids", ids);
          inputs.put("attention_mask", mask);
          inputs.put("position_ids", positions);
          now = session.run(inputs);
        }
        if (before != null) {
          before.close();
        }
        before = now;
        var found = (float[][][]) now.get("logits").orElseThrow().getValue();
        for (int row = 0; row < rows; row++) {
          System.arraycopy(found[row], 0, logits[row], from, to - from);
        }
      }
    } finally {
      if (before != null) {
        before.close();
      }
      empty.values().forEach(OnnxTensor::close);
    }
    return logits;
  }

  private static Map<String, OnnxTensor> noPast(DecoderConfig config, int rows)
      throws OrtException {
    var past = new HashMap<String, OnnxTensor>();
    var shape = new long[] {rows, config.attention().kvHeads(), 0, config.attention().headWidth()};
    for (int layer = 0; layer < config.layers(); layer++) {
      for (String side : List.of(".key", ".value")) {
        var nothing = ByteBuffer.allocateDirect(0).order(ByteOrder.nativeOrder()).asFloatBuffer();
        past.put(
            "past_key_values." + layer + side, OnnxTensor.createTensor(RUNTIME, nothing, shape));
      }
    }
    return past;
  }

  private static OnnxTensor columns(long[][] rows, int from, int to) throws OrtException {
    return OnnxTensor.createTensor(
        RUNTIME,
        Arrays.stream(rows).map(row -> Arrays.copyOfRange(row, from, to)).toArray(long[][]::new));
  }
}
