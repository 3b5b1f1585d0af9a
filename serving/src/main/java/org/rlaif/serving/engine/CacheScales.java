package org.rlaif.serving.engine;

import java.nio.FloatBuffer;
import java.util.List;
import org.rlaif.model.DecoderConfig;
import org.rlaif.model.Precision;
import org.rlaif.model.TensorSpec;

/**
 * The scales of an int8 KV cache, one for each head and column of it. A key or value x is kept as
 * clamp(round(x / s), -128, 127) times s. They are chosen once, when a model is loaded, and stay
 * when its weights change: sequences under way keep what they have cached.
 */
final class CacheScales {
  /**
   * How much larger than the largest number seen the largest one kept may be. Clamping costs much
   * more than a coarser step: with scales from 60 tokens of the quickstart's policy, the KL per
   * token of other text is 4.6e-4, 5.2e-5, 5.9e-6 and 3.7e-6 for 1, 1.25, 1.5 and 2, and 1.5e-6
   * with the scales of that text itself.
   */
  private static final float HEADROOM = 2;

  /** The longest text that is looked at; keys depend on their position. */
  private static final int MOST_TOKENS = 2048;

  /** Columns that are always nearly zero: no smaller than this part of the largest one. */
  private static final float LEAST_PART = 1e-3f;

  private static final int MOST = 127;

  private CacheScales() {}

  /**
   * Chooses the scales by what the network in fp32 caches for a text as long as its context.
   *
   * @param sequences what the text is made of
   */
  static void calibrate(
      OnnxRuntime runtime, WeightLayout layout, DecoderSession exact, int[][] sequences) {
    DecoderConfig config = layout.config();
    List<TensorSpec> scales = layout.quantization().cacheScales(config);
    if (scales.isEmpty()) {
      return;
    }
    int[] text = text(sequences, Math.min(config.contextLength(), MOST_TOKENS));
    try (var cache = new KvCache(runtime, config, Precision.FP32, 1, text.length);
        var pass = new Pass(runtime, config, Precision.FP32, 0, Prefill.CHUNK, 1)) {
      new Prefill(text, 1).run(exact, pass, cache, 0);
      for (int side = 0; side < scales.size(); side++) {
        write(cache.largest(side), layout.cacheScale(scales.get(side).name()));
      }
    }
  }

  /** The sequences one after the other, again and again; the beginning token comes first alone. */
  private static int[] text(int[][] sequences, int tokens) {
    var text = new int[tokens];
    int length = sequences[0].length - 1; // less the beginning
    text[0] = sequences[0][0];
    for (int i = 1; i < tokens; i++) {
      text[i] = sequences[(i - 1) / length % sequences.length][(i - 1) % length + 1];
    }
    return text;
  }

  private static void write(float[] largest, FloatBuffer scales) {
    float most = 0;
    for (float each : largest) {
      most = Math.max(most, each);
    }
    float least = most == 0 ? 1 : most * LEAST_PART;
    for (int i = 0; i < largest.length; i++) {
      scales.put(i, HEADROOM * Math.max(largest[i], least) / MOST);
    }
  }
}
