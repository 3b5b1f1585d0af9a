package org.rlaif.serving.engine;

import java.nio.FloatBuffer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.rlaif.model.DecoderConfig;
import org.rlaif.model.Precision;

/**
 * Compares a network that serves quantised with the same weights in fp32, on sequences that the
 * fp32 network wrote when the model was loaded. Used by one thread at a time.
 */
final class QuantizationCheck implements AutoCloseable {
  private static final int SEQUENCES = 8;
  private static final int TOKENS = 64;
  private static final long SEED = 1;

  /** Positions whose distributions are held at the same time. */
  private static final int PIECE = 32;

  private final OnnxRuntime runtime;
  private final DecoderConfig config;

  /** The beginning token, then {@link #TOKENS} drawn ones. */
  private final int[][] sequences;

  private final KvCache exactCache;
  private final KvCache servedCache;
  private final Pass exactPass;
  private final Pass servedPass;
  private volatile @Nullable QuantizationLoss loss;

  private QuantizationCheck(OnnxRuntime runtime, WeightLayout layout, int[][] sequences) {
    this.runtime = runtime;
    this.config = layout.config();
    this.sequences = sequences;
    int tokens = sequences[0].length;
    this.exactCache = new KvCache(runtime, config, Precision.FP32, 1, tokens);
    this.servedCache = new KvCache(runtime, config, layout.quantization().kvCache(), 1, tokens);
    this.exactPass = new Pass(runtime, config, Precision.FP32, 0, PIECE, PIECE);
    this.servedPass = new Pass(runtime, config, layout.quantization().kvCache(), 0, PIECE, PIECE);
  }

  /**
   * Lets the network write its sequences and chooses the scales of its KV cache.
   *
   * @param weights every parameter by its name, in direct memory
   */
  static QuantizationCheck start(
      OnnxRuntime runtime,
      WeightLayout layout,
      Vocabulary vocabulary,
      Function<String, FloatBuffer> weights) {
    DecoderConfig config = layout.config();
    try (DecoderSession exact = DecoderSession.reference(runtime, config, weights)) {
      int[][] sequences = draw(runtime, config, vocabulary, exact);
      CacheScales.calibrate(runtime, layout, exact, sequences);
      return new QuantizationCheck(runtime, layout, sequences);
    }
  }

  /** Memory of its own, in bytes. */
  static long bytes(DecoderConfig config) {
    return KvCache.bytes(config, Precision.FP32, 1) + Pass.bytes(config, 2 * PIECE);
  }

  /** Samples from the first token on; the end is never drawn, so that all are equally long. */
  private static int[][] draw(
      OnnxRuntime runtime, DecoderConfig config, Vocabulary vocabulary, DecoderSession exact) {
    int tokens = Math.min(TOKENS, config.contextLength() - 1);
    var sequences = new int[SEQUENCES][tokens + 1];
    var sampler = new Sampler(vocabulary);
    var logprobs = new float[config.vocabularySize()];
    Sampling sampling = Sampling.of(1, tokens, SEED);
    try (var pass = new Pass(runtime, config, Precision.FP32, SEQUENCES, 1, SEQUENCES);
        var cache = new KvCache(runtime, config, Precision.FP32, SEQUENCES, tokens)) {
      for (int[] sequence : sequences) {
        sequence[0] = vocabulary.first();
      }
      for (int t = 0; t < tokens; t++) {
        pass.clear();
        for (int row = 0; row < SEQUENCES; row++) {
          pass.row(sequences[row][t], t, 1);
        }
        pass.run(exact, cache);
        for (int row = 0; row < SEQUENCES; row++) {
          pass.logprobs(row, logprobs);
          for (int end : vocabulary.ends()) {
            logprobs[end] = Float.NEGATIVE_INFINITY;
          }
          sequences[row][t + 1] = sampler.choose(logprobs, sampling, new SequenceId(row, 0), t);
        }
      }
    }
    return sequences;
  }

  /**
   * The network in fp32.
   *
   * @param weights every parameter by its name, in direct memory
   */
  DecoderSession exact(Function<String, FloatBuffer> weights) {
    return DecoderSession.reference(runtime, config, weights);
  }

  /** What was measured last and finite; null: nothing yet. */
  @Nullable QuantizationLoss loss() {
    return loss;
  }

  /**
   * What serving loses.
   *
   * @param weights every parameter by its name, fp32, in direct memory
   * @param served the session that was made of them
   */
  QuantizationLoss measure(Function<String, FloatBuffer> weights, DecoderSession served) {
    var sum = new QuantizationLoss.Sum();
    var exactLogprobs = new float[config.vocabularySize()];
    var servedLogprobs = new float[config.vocabularySize()];
    try (DecoderSession exact = exact(weights)) {
      for (int[] sequence : sequences) {
        for (int from = 0; from < sequence.length - 1; from += PIECE) {
          int to = Math.min(from + PIECE, sequence.length - 1);
          run(exact, exactPass, exactCache, sequence, from, to);
          run(served, servedPass, servedCache, sequence, from, to);
          for (int t = from; t < to; t++) {
            exactPass.logprobs(t - from, exactLogprobs);
            servedPass.logprobs(t - from, servedLogprobs);
            sum.add(exactLogprobs, servedLogprobs, sequence[t + 1]);
          }
        }
      }
    }
    QuantizationLoss found = sum.mean();
    if (found.isFinite()) {
      loss = found;
    }
    return found;
  }

  private static void run(
      DecoderSession session, Pass pass, KvCache cache, int[] sequence, int from, int to) {
    pass.clear();
    pass.chunk(0, sequence, from, to);
    for (int t = from; t < to; t++) {
      pass.chunkHead(t, 0, 1);
    }
    pass.run(session, cache);
  }

  @Override
  public void close() {
    exactPass.close();
    servedPass.close();
    exactCache.close();
    servedCache.close();
  }
}
