package org.rlaif.serving.score;

import java.util.List;
import org.rlaif.model.DecoderConfig;
import org.rlaif.model.DecoderConfig.Head;
import org.rlaif.model.onnx.Precision;
import org.rlaif.serving.decode.Prefill;
import org.rlaif.serving.graph.DecoderSession;
import org.rlaif.serving.graph.GraphRun;
import org.rlaif.serving.graph.GraphSpec;
import org.rlaif.serving.graph.KvCache;
import org.rlaif.serving.graph.Output;
import org.rlaif.serving.graph.PassingCache;

/**
 * Runs of the graph over given sequences: several whole ones, padded on the right, or one span
 * after the other on a cache. Used by one thread at a time.
 *
 * <p>A number is the same bits either way, whoever shares the run ({@link GraphRun}). How many rows
 * or heads there are does not matter.
 */
public final class ScoringPass implements AutoCloseable {
  private static final int SLOT = 0;

  /** Of the head's distributions in one run, if {@link Prefill#CHUNK} of them have fewer. */
  private static final int MOST_LOGPROBS = 1 << 24;

  private final int tokens;
  private final int heads;
  private final KvCache cache;
  private final PassingCache passing;
  private final GraphRun graph;
  private volatile ScoringCounts counts = ScoringCounts.NONE;

  /**
   * @param tokens at most in one run, padding included; at least {@link Prefill#CHUNK}
   */
  public ScoringPass(GraphSpec graph, int tokens) {
    this.tokens = tokens;
    this.heads = heads(graph.config(), tokens);
    this.cache = new KvCache(graph, slots(graph.config(), tokens));
    this.passing = new PassingCache(graph, tokens);
    Output output = graph.config().head() == Head.SCORE ? Output.SCORES : Output.CHOSEN;
    this.graph = new GraphRun(graph, 0, tokens, tokens, heads, output);
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
   * Tokens of each row of a run, by those of its longest sequence. A sequence of a single token is
   * alone wherever it is computed.
   */
  static int padded(int length) {
    return length > 1 && GraphRun.isAlone(length) ? length + 1 : length;
  }

  /** Whether it can be a row of {@link #whole}. */
  public boolean isWhole(Span span) {
    return span.from() == 0 && padded(span.length()) <= tokens && span.heads() <= heads;
  }

  /** One run, with a row for each. */
  public void whole(DecoderSession session, List<Span> spans) {
    int count = spans.size();
    int width = padded(spans.stream().mapToInt(Span::length).max().orElseThrow());
    graph.clear();
    int real = 0;
    for (int row = 0; row < count; row++) {
      Span span = spans.get(row);
      real += span.length();
      for (int i = 0; i < span.heads(); i++) {
        head(row * width + span.positions()[i], span, i);
      }
    }
    try (PassingCache.Keeping keeping = passing.keep(count, width)) {
      graph.sideBySide(session, spans.stream().map(Span::sequence).toList(), width, keeping.view());
    }
    counts = counts.run(count, real, count * width - real);
    int head = 0;
    for (Span span : spans) {
      for (int i = 0; i < span.heads(); i++) {
        span.reader().read(i, graph.result(head++));
      }
    }
  }

  /** Chunk by chunk, over what the cache holds of its sequence. */
  public void behind(DecoderSession session, Span span, Runnable beforeEach) {
    int end = span.length();
    int from = span.from();
    if (from > 0 && GraphRun.isAlone(end - from)) {
      from--; // not alone: the token before is computed again, to the same bits
    }
    int next = 0;
    while (from < end) {
      int to = chunkEnd(from, end);
      int last = next;
      while (last < span.heads() && span.positions()[last] < to) {
        last++;
      }
      do { // again only if one position is read more often than a run has heads
        beforeEach.run();
        int count = Math.min(last - next, heads);
        chunk(session, span, from, to, next, count);
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
    return to - from > 1 && GraphRun.isAlone(to - from) ? to - 2 : to;
  }

  private void chunk(DecoderSession session, Span span, int from, int to, int first, int count) {
    graph.clear();
    for (int i = first; i < first + count; i++) {
      head(span.positions()[i] - from, span, i);
    }
    if (count == 0) {
      graph.head(0, 0, 1); // a run without a head is none
    }
    int filling = graph.fillBefore(to - from);
    graph.chunk(filling, span.sequence(), from, to, to);
    graph.run(session, graph.rowsNowhere(filling), cache.chunk(SLOT), filling, to - from, to);
    counts = counts.run(1, to - from, 0);
    for (int i = 0; i < count; i++) {
      span.reader().read(first + i, graph.result(i));
    }
  }

  private void head(int token, Span span, int index) {
    graph.head(token, span.targets()[index], span.temperature());
  }

  @Override
  public void close() {
    graph.close();
    cache.close();
  }
}
