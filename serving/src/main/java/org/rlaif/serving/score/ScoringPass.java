package org.rlaif.serving.score;

import java.util.List;
import org.rlaif.model.DecoderConfig;
import org.rlaif.model.DecoderConfig.Head;
import org.rlaif.model.onnx.Precision;
import org.rlaif.serving.decode.Prefill;
import org.rlaif.serving.graph.DecoderSession;
import org.rlaif.serving.graph.ForwardInputs;
import org.rlaif.serving.graph.KvCache;
import org.rlaif.serving.graph.OnnxRuntime;
import org.rlaif.serving.graph.Operands;
import org.rlaif.serving.graph.Operands.Output;
import org.rlaif.serving.graph.PassingCache;

/**
 * Runs of the graph over given sequences: several whole ones, padded on the right, or one stretch
 * after the other on a cache. Used by one thread at a time.
 *
 * <p>A number is the same bits either way, whoever shares the run ({@link ForwardInputs}). How many
 * rows or heads there are does not matter.
 */
public final class ScoringPass implements AutoCloseable {
  private static final int SLOT = 0;

  /** Of the head's distributions in one run, if {@link Prefill#CHUNK} of them have fewer. */
  private static final int MOST_LOGPROBS = 1 << 24;

  private final int tokens;
  private final int heads;
  private final KvCache cache;
  private final PassingCache passing;
  private final Operands operands;
  private final ForwardInputs feed;
  private volatile ScoringCounts counts = ScoringCounts.NONE;

  /**
   * @param kvCache of the sessions that run
   * @param tokens at most in one run, padding included; at least {@link Prefill#CHUNK}
   */
  public ScoringPass(OnnxRuntime runtime, DecoderConfig config, Precision kvCache, int tokens) {
    this.tokens = tokens;
    this.heads = heads(config, tokens);
    this.cache = new KvCache(runtime, config, kvCache, slots(config, tokens));
    this.passing = new PassingCache(runtime, config, kvCache, tokens);
    Output output = config.head() == Head.SCORE ? Output.SCORES : Output.CHOSEN;
    this.operands =
        new Operands(runtime, config, ForwardInputs.MOST_FILLING, tokens, tokens, heads, output);
    this.feed = new ForwardInputs(runtime, config, kvCache, operands);
  }

  /** Keys and values, in bytes. */
  public static long bytes(DecoderConfig config, Precision kvCache, int tokens) {
    return KvCache.bytes(config, kvCache, slots(config, tokens))
        + PassingCache.bytes(config, kvCache, tokens);
  }

  /** Scores of sequences that all fit into a run need no cache. */
  private static int slots(DecoderConfig config, int tokens) {
    return config.head() == Head.SCORE && padded(config.contextLength()) <= tokens ? 0 : 1;
  }

  /** The most hidden states that go to the head in one run. */
  public static int heads(DecoderConfig config, int tokens) {
    return config.head() == Head.SCORE
        ? tokens
        : Math.min(tokens, Math.max(Prefill.CHUNK, MOST_LOGPROBS / config.vocabularySize()));
  }

  int heads() {
    return heads;
  }

  ScoringCounts counts() {
    return counts;
  }

  /**
   * Tokens of each row of a run whose longest sequence has so many. A sequence of a single token is
   * alone wherever it is computed.
   */
  static int padded(int length) {
    return length > 1 && ForwardInputs.isAlone(length) ? length + 1 : length;
  }

  /** Whether it can be a row of {@link #whole}. */
  public boolean isWhole(Span stretch) {
    return stretch.from() == 0 && padded(stretch.length()) <= tokens && stretch.heads() <= heads;
  }

  /** One run, with a row for each. */
  public void whole(DecoderSession session, List<Span> sequences) {
    int count = sequences.size();
    int width = padded(sequences.stream().mapToInt(Span::length).max().orElseThrow());
    int filling = feed.fillBefore(count * width);
    feed.sideBySide(filling, sequences.stream().map(Span::sequence).toList(), width);
    int head = 0;
    int real = 0;
    for (int row = 0; row < count; row++) {
      Span stretch = sequences.get(row);
      real += stretch.length();
      for (int i = 0; i < stretch.heads(); i++) {
        head(head++, filling + row * width + stretch.positions()[i], stretch, i);
      }
    }
    try (PassingCache.Keeping keeping = passing.keep(count, width)) {
      var shape = new Operands.Shape(filling, count, width, width, head, false);
      operands.run(session, feed.rowsNowhere(filling), keeping.view(), shape);
    }
    counts = counts.run(count, real, count * width - real);
    head = 0;
    for (Span stretch : sequences) {
      for (int i = 0; i < stretch.heads(); i++) {
        stretch.reader().read(i, operands.result.get(head++));
      }
    }
  }

  /** Chunk by chunk, over what the cache holds of its sequence. */
  public void behind(DecoderSession session, Span stretch, Runnable beforeEach) {
    int end = stretch.length();
    int from = stretch.from();
    if (from > 0 && ForwardInputs.isAlone(end - from)) {
      from--; // not alone: the token before is computed again, to the same bits
    }
    int next = 0;
    while (from < end) {
      int to = chunkEnd(from, end);
      int last = next;
      while (last < stretch.heads() && stretch.positions()[last] < to) {
        last++;
      }
      do { // again only if one position is read more often than a run has heads
        beforeEach.run();
        int count = Math.min(last - next, heads);
        chunk(session, stretch, from, to, next, count);
        next += count;
      } while (next < last);
      from = to;
    }
  }

  /** No token is left alone, in this chunk or behind it. */
  private static int chunkEnd(int from, int end) {
    int to = Math.min(from + Prefill.CHUNK, end);
    if (end - to == 1) {
      return to - 1; // leaves two
    }
    return to - from > 1 && ForwardInputs.isAlone(to - from) ? to - 2 : to;
  }

  private void chunk(DecoderSession session, Span stretch, int from, int to, int first, int count) {
    int filling = feed.fillBefore(to - from);
    for (int i = from; i < to; i++) {
      feed.token(filling + i - from, stretch.sequence()[i], i);
    }
    operands.chunkLengths.put(0, to - 1);
    operands.chosen.put(0, 0); // a run without a head is none
    operands.targets.put(0, 0);
    operands.temperatures.put(0, 1);
    for (int i = 0; i < count; i++) {
      head(i, filling + stretch.positions()[first + i] - from, stretch, first + i);
    }
    var shape = new Operands.Shape(filling, 1, to - from, to, Math.max(1, count), false);
    operands.run(session, feed.rowsNowhere(filling), cache.chunk(SLOT), shape);
    counts = counts.run(1, to - from, 0);
    for (int i = 0; i < count; i++) {
      stretch.reader().read(first + i, operands.result.get(i));
    }
  }

  private void head(int head, int token, Span stretch, int index) {
    operands.chosen.put(head, token);
    operands.targets.put(head, stretch.targets()[index]);
    operands.temperatures.put(head, (float) stretch.temperature());
  }

  @Override
  public void close() {
    feed.close();
    cache.close();
  }
}
