package org.rlaif.serving.update;

import com.google.common.collect.EvictingQueue;
import com.google.common.collect.Queues;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Queue;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.rlaif.model.DecoderConfig;
import org.rlaif.model.onnx.Precision;
import org.rlaif.model.onnx.Quantization;
import org.rlaif.serving.decode.ForwardPass;
import org.rlaif.serving.graph.CacheScales;
import org.rlaif.serving.graph.DecoderSession;
import org.rlaif.serving.graph.GraphSpec;
import org.rlaif.serving.graph.KvCache;
import org.rlaif.serving.graph.OnnxRuntime;
import org.rlaif.serving.sampling.Vocabulary;
import org.rlaif.serving.weights.WeightLayout;

/**
 * Compares a network that serves quantised with the same weights in fp32: first on what the fp32
 * network writes after the prompts of its calibration, and with later weights on what was served
 * meanwhile. Used by one thread at a time, but for {@link #served} and {@link #loss}.
 */
public final class QuantizationCheck implements AutoCloseable {
  /** Positions whose distributions are held at the same time. */
  private static final int PIECE = 32;

  private static final int MOST_SERVED = 64;

  private final OnnxRuntime runtime;
  private final DecoderConfig config;
  private final Quantization quantization;

  /** The last sequences that were sampled, one of each prompt. */
  private final Queue<Excerpt> served = Queues.synchronizedQueue(EvictingQueue.create(MOST_SERVED));

  private final KvCache exactCache;
  private final KvCache servedCache;
  private final ForwardPass exactPass;
  private final ForwardPass servedPass;
  private final CacheScales scales;
  private List<Excerpt> excerpts;

  /** Whether they begin with prompts. */
  private boolean prompted;

  private volatile @Nullable QuantizationLoss loss;

  private QuantizationCheck(
      OnnxRuntime runtime,
      WeightLayout layout,
      List<Excerpt> excerpts,
      boolean prompted,
      CacheScales scales) {
    this.runtime = runtime;
    this.config = layout.config();
    this.quantization = layout.quantization();
    this.excerpts = excerpts;
    this.prompted = prompted;
    this.scales = scales;
    int tokens = Math.min(Excerpt.LONGEST, config.contextLength());
    var graph = new GraphSpec(runtime, config, quantization.kvCache());
    this.exactCache = new KvCache(graph.exact(), 1, tokens);
    this.servedCache = new KvCache(graph, 1, tokens);
    this.exactPass = new ForwardPass(graph.exact(), 0, PIECE, PIECE);
    this.servedPass = new ForwardPass(graph, 0, PIECE, PIECE);
  }

  /**
   * Lets the network complete prompts, and chooses the first scales of its KV cache.
   *
   * @param prompts in tokens; none: it begins texts itself, which tells less
   * @param weights every parameter by its name, in direct memory
   */
  public static QuantizationCheck start(
      OnnxRuntime runtime,
      WeightLayout layout,
      Vocabulary vocabulary,
      List<int[]> prompts,
      Function<String, FloatBuffer> weights) {
    DecoderConfig config = layout.config();
    var ranges = new CacheScales.Ranges(layout.quantization(), config);
    try (DecoderSession exact = DecoderSession.reference(runtime, config, weights)) {
      var writer =
          new ExactWriter(
              new GraphSpec(runtime, config, Precision.FP32), vocabulary, exact, ranges);
      List<Excerpt> excerpts = writer.complete(prompts);
      if (!ranges.isEmpty()) {
        writer.readOn(excerpts);
      }
      return new QuantizationCheck(
          runtime, layout, excerpts, !prompts.isEmpty(), CacheScales.of(ranges));
    }
  }

  /** Memory of its own, in bytes. */
  public static long bytes(DecoderConfig config) {
    return ExactWriter.bytes(config) + ForwardPass.bytes(config, 2 * PIECE);
  }

  /** Of the weights that the model was loaded with. */
  public CacheScales scales() {
    return scales;
  }

  /** A sequence was sampled. Any thread may tell it. */
  public void served(int[] prompt, int[] completion) {
    served.add(Excerpt.of(prompt, completion));
  }

  /**
   * Looks at what was served meanwhile, for the {@link #measure} that comes next.
   *
   * @param weights that come next, every parameter by its name, in direct memory
   * @param before the scales with which sequences under way are cached
   * @return those for the new weights; the same if they do
   */
  CacheScales prepare(Function<String, FloatBuffer> weights, CacheScales before) {
    List<Excerpt> recent = List.copyOf(served);
    if (!recent.isEmpty()) {
      int longest = recent.stream().mapToInt(each -> each.tokens().length).max().orElseThrow();
      excerpts = Excerpt.spread(recent, longest);
      prompted = true;
    }
    var ranges = new CacheScales.Ranges(quantization, config);
    if (ranges.isEmpty()) {
      return before;
    }
    try (DecoderSession exact = exact(weights)) {
      for (Excerpt excerpt : excerpts) {
        int[] tokens = excerpt.tokens();
        for (int from = 0; from < tokens.length; from += PIECE) {
          exactPass.clear();
          exactPass.chunk(0, tokens, from, Math.min(from + PIECE, tokens.length));
          exactPass.run(exact, exactCache);
        }
        ranges.add(exactCache, 0, tokens.length);
      }
    }
    return before.widened(ranges);
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
  public @Nullable QuantizationLoss loss() {
    return loss;
  }

  /**
   * What serving loses.
   *
   * @param weights every parameter by its name, fp32, in direct memory
   * @param served the session that was made of them
   */
  public QuantizationLoss measure(Function<String, FloatBuffer> weights, DecoderSession served) {
    var sum = new QuantizationLoss.Sum();
    var exactLogprobs = new float[config.vocabularySize()];
    var servedLogprobs = new float[config.vocabularySize()];
    try (DecoderSession exact = exact(weights)) {
      for (Excerpt excerpt : excerpts) {
        int[] tokens = excerpt.tokens();
        int first = tokens.length - excerpt.compared() - 1; // foretells the first one compared
        for (int from = 0; from < tokens.length - 1; from += PIECE) {
          int to = Math.min(from + PIECE, tokens.length - 1);
          int head = Math.max(from, first);
          run(exact, exactPass, exactCache, tokens, from, to, head);
          run(served, servedPass, servedCache, tokens, from, to, head);
          for (int t = head; t < to; t++) {
            exactPass.logprobs(t - head, exactLogprobs);
            servedPass.logprobs(t - head, servedLogprobs);
            sum.add(exactLogprobs, servedLogprobs, tokens[t + 1]);
          }
        }
      }
    }
    QuantizationLoss found = sum.mean(prompted ? excerpts.size() : 0);
    if (found.isFinite()) {
      loss = found;
    }
    return found;
  }

  /** Tokens {@code from} to {@code to - 1}, with heads from {@code head} on. */
  private static void run(
      DecoderSession session,
      ForwardPass pass,
      KvCache cache,
      int[] tokens,
      int from,
      int to,
      int head) {
    pass.clear();
    pass.chunk(0, tokens, from, to);
    for (int t = head; t < to; t++) {
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
