package org.rlaif.serving.graph;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlaif.model.DecoderConfig;
import org.rlaif.model.Weights;
import org.rlaif.model.onnx.Precision;
import org.rlaif.model.onnx.Quantization;
import org.rlaif.serving.decode.ForwardPass;
import org.rlaif.serving.decode.Prefill;
import org.rlaif.serving.engine.Models;
import org.rlaif.serving.engine.TestModels;
import org.rlaif.serving.update.QuantizationLoss;

/** Two layers with two heads of 20 numbers, each in 24 columns. */
class KvCacheTest {
  private static final DecoderConfig CONFIG = TestModels.WIDENED;
  private static final int OWN = 20;
  private static final int COLUMNS = 24;
  private static final int[] PROMPT = {2, 40, 41, 42};

  private final OnnxRuntime runtime = OnnxRuntime.shared(ComputeConfig.threads(2));

  /** Two sides of two layers, two heads, 24 columns: 192 numbers a token. */
  @Test
  void sizes() {
    try (var cache = new KvCache(new GraphSpec(runtime, CONFIG, Precision.FP32), 3, 5)) {
      assertEquals(4 * 192 * 2, cache.bytes(2));
      assertEquals(3 * 5 * 2 * COLUMNS * 4, cache.side(0).capacity());
    }
    assertEquals(7 * 96 * 192, KvCache.bytes(CONFIG, Precision.INT8, 7));
  }

  @Test
  void whatIsSavedIsWhatIsCopied() {
    try (var cache = new KvCache(new GraphSpec(runtime, CONFIG, Precision.INT8), 3, 5)) {
      for (int side = 0; side < 4; side++) {
        ByteBuffer numbers = cache.side(side);
        for (int i = 0; i < numbers.capacity(); i++) {
          numbers.put(i, (byte) (31 * i + side));
        }
      }
      byte[] saved = cache.save(1, 3);
      assertEquals(cache.bytes(3), saved.length);
      cache.copy(1, 0, 3);
      cache.copy(0, 2, 5);
      cache.load(2, 3, new byte[saved.length]);
      assertArrayEquals(new byte[saved.length], cache.save(2, 3));
      cache.load(2, 3, saved);
      assertArrayEquals(cache.save(0, 5), cache.save(2, 5), "the tokens behind stayed");
    }
  }

  /** What the network caches, what scales it gives, and what other scales make of it. */
  @Test
  void behindAHeadsNumbersAreZeros() {
    Weights weights = TestModels.weights(CONFIG, 7);
    try (var cache = new KvCache(new GraphSpec(runtime, CONFIG, Precision.FP32), 2, 8);
        var session = DecoderSession.reference(runtime, CONFIG, weights::get);
        var pass = new ForwardPass(new GraphSpec(runtime, CONFIG, Precision.FP32), 0, 8, 1)) {
      new Prefill(PROMPT, 1).run(session, pass, cache, 1);
      for (int side = 0; side < 4; side++) {
        var largest = new float[2 * COLUMNS];
        cache.largest(side, 1, PROMPT.length, largest);
        for (int column = 0; column < largest.length; column++) {
          assertEquals(column % COLUMNS < OWN, largest[column] > 0, "column " + column);
        }
      }
      var ranges = new CacheScales.Ranges(new Quantization(Precision.FP32, Precision.INT8), CONFIG);
      ranges.add(cache, 1, PROMPT.length);
      CacheScales scales = CacheScales.of(ranges);
      for (int column = 0; column < 2 * COLUMNS; column++) {
        assertTrue(scales.side(3)[column] > 0, "nothing is divided by zero");
      }
    }
  }

  @Test
  void eightBitsLoseLittle(@TempDir Path folder) {
    try (Models models = TestModels.models(4)) {
      Path saved = TestModels.save(folder.resolve("policy"), CONFIG, 7);
      models.load("policy", saved, Precision.FP32, Precision.INT8);
      QuantizationLoss loss = models.policy("policy").quantizationLoss();
      assertNotNull(loss);
      assertTrue(loss.kl() > 0 && loss.kl() < 1e-3, loss.toString());
    }
  }
}
