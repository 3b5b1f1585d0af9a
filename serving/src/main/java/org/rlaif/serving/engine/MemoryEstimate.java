package org.rlaif.serving.engine;

import org.rlaif.model.DecoderConfig;
import org.rlaif.model.DecoderConfig.Head;
import org.rlaif.model.onnx.Precision;
import org.rlaif.model.onnx.Quantization;
import org.rlaif.serving.decode.Prefill;
import org.rlaif.serving.decode.Scheduler;
import org.rlaif.serving.graph.KvCache;
import org.rlaif.serving.score.ScoringPass;
import org.rlaif.serving.update.QuantizationCheck;
import org.rlaif.serving.weights.MemoryNeed;
import org.rlaif.serving.weights.WeightLayout;

/**
 * What a model will take, estimated before it is loaded; new weights are counted when they come.
 */
final class MemoryEstimate {
  private static final long DEFAULT_CACHE_BYTES = 1L << 30;
  private static final int MOST_DEFAULT_SLOTS = 64;

  private MemoryEstimate() {}

  /** As many slots as one gibibyte of cache holds, from 1 to 64. */
  static int defaultSlots(DecoderConfig config, Precision kvCache) {
    long fit = DEFAULT_CACHE_BYTES / KvCache.bytes(config, kvCache, 1);
    return (int) Math.max(1, Math.min(MOST_DEFAULT_SLOTS, fit));
  }

  /**
   * @param slots 0 for a reward model
   * @param tokens of given completions in one run
   */
  static MemoryNeed of(DecoderConfig config, Quantization quantization, int slots, int tokens) {
    long arena = WeightLayout.arenaBytes(config, quantization);
    long scoring = ScoringPass.bytes(config, quantization.kvCache(), tokens);
    // Widest intermediate results of a run: the MLP, attention, and the head's distributions.
    long feedForward = 4L * tokens * (config.mlp().width() + 4L * config.width());
    // What is probable for a token has room for all that its slot can hold.
    long whole = (long) tokens * Math.min(tokens, config.contextLength());
    long inSlots = (long) Math.max(slots, Prefill.CHUNK) * config.contextLength();
    long attention = Math.max(whole, inSlots) * config.attention().heads();
    long run = (feedForward + attention) * Float.BYTES;
    if (config.head() == Head.SCORE) {
      return new MemoryNeed(arena, scoring, arena + run);
    }
    long distributions =
        2L * ScoringPass.heads(config, tokens) * config.vocabularySize() * Float.BYTES;
    return new MemoryNeed(
        arena + WeightLayout.sharedBytes(config, quantization),
        Scheduler.bytes(config, quantization.kvCache(), slots)
            + scoring
            + checking(config, quantization, tokens),
        WeightLayout.packedBytes(config, quantization) + run + distributions);
  }

  /** What quantised weights are checked with. */
  private static long checking(DecoderConfig config, Quantization quantization, int tokens) {
    if (quantization.isNone()) {
      return 0;
    }
    long exact =
        quantization.kvCache() == Precision.FP32
            ? 0
            : ScoringPass.bytes(config, Precision.FP32, tokens);
    return exact + QuantizationCheck.bytes(config);
  }
}
