package org.rlaif.serving.decode;

import java.util.List;
import org.rlaif.model.DecoderConfig;
import org.rlaif.serving.graph.DecoderSession;
import org.rlaif.serving.graph.GraphRun;
import org.rlaif.serving.graph.GraphSpec;
import org.rlaif.serving.graph.KvCache;
import org.rlaif.serving.graph.KvCache.View;
import org.rlaif.serving.graph.Output;

/**
 * One run of the graph: rows that decode, one token each, and a chunk of one sequence, of which
 * either may be missing; or several whole prompts. The inputs are written into memory that is used
 * again. A row's numbers are the same bits whoever shares the run ({@link GraphRun}). Used by one
 * thread at a time.
 */
public final class ForwardPass implements AutoCloseable, Samplers.Distributions {
  private final DecoderConfig config;
  private final GraphRun graph;

  // Of the next run.
  private int rows;
  private int slot;
  private int[] sequence = {};
  private int from;
  private int to;
  private List<int[]> prompts = List.of();
  private int width;

  /**
   * @param rows the most rows that decode in one run
   * @param tokens the most tokens of a chunk, or of several prompts
   * @param heads the most positions in one run whose hidden state goes to the head
   */
  public ForwardPass(GraphSpec graph, int rows, int tokens, int heads) {
    this.config = graph.config();
    this.graph = new GraphRun(graph, rows, heads, tokens, heads, Output.LOGPROBS);
  }

  /** Memory for the outputs of one pass, in bytes. */
  public static long bytes(DecoderConfig config, long heads) {
    return heads * Float.BYTES * config.vocabularySize();
  }

  /** Forgets the last run. */
  public void clear() {
    rows = 0;
    from = 0;
    to = 0;
    prompts = List.of();
    graph.clear();
  }

  /**
   * One more row, in the slot of its number, decodes; the output of its number is its distribution.
   * Rows come before the chunk.
   *
   * @param length tokens that its slot holds
   */
  public void row(int token, int length, double temperature) {
    graph.row(rows, token, length);
    graph.head(rows, 0, temperature);
    rows++;
  }

  /** Tokens {@code from} to {@code to - 1} of a sequence; those before are in the slot already. */
  public void chunk(int slot, int[] sequence, int from, int to) {
    this.slot = slot;
    this.sequence = sequence;
    this.from = from;
    this.to = to;
  }

  /**
   * Whole prompts side by side, and nothing else, in as many slots from {@code slot} on. The
   * distribution behind the last token of each is the output of its number.
   *
   * @param temperatures of each, in the same order
   */
  void prompts(int slot, List<int[]> prompts, List<Double> temperatures) {
    this.slot = slot;
    this.prompts = prompts;
    this.width = width(prompts.stream().mapToInt(prompt -> prompt.length).max().orElseThrow());
    for (int row = 0; row < prompts.size(); row++) {
      graph.head(row * width + prompts.get(row).length - 1, 0, temperatures.get(row));
    }
  }

  /** Tokens that each of several prompts takes, padding included. */
  static int width(int longest) {
    return GraphRun.isAlone(longest) ? longest + 1 : longest;
  }

  /**
   * The hidden state at a position of the chunk's sequence goes to the head.
   *
   * @param target the token to give the log-probability of
   * @return the number of its output
   */
  public int chunkHead(int position, int target, double temperature) {
    return graph.head(rows + position - from, target, temperature);
  }

  /** The run also tells what the logits were before they were normalised. */
  void wantNormaliser() {
    graph.wantScaledLogits();
  }

  /** The distribution of one output. */
  @Override
  public void logprobs(int output, float[] into) {
    graph.results(output, into);
  }

  /**
   * The log of the sum over the vocabulary of exp(logit / temperature), for an output whose
   * distribution this is and whose target was token 0. Added to a log-probability it gives logit /
   * temperature.
   */
  @Override
  public double normaliser(int output, float[] logprobs) {
    return (double) graph.scaledLogit(output) - logprobs[0];
  }

  /** Runs rows and chunk, all of whose slots are in this cache. */
  public void run(DecoderSession session, KvCache cache) {
    if (!prompts.isEmpty()) {
      graph.sideBySide(session, prompts, width, cache.chunk(slot, prompts.size()));
    } else if (from == to) {
      decode(session, cache);
    } else if (rows == 0) {
      prefill(session, cache);
    } else {
      chunk(session, cache.rows(rows), cache, rows);
    }
  }

  /** Rows only; where it does no harm the last one plays the chunk, of one token. */
  private void decode(DecoderSession session, KvCache cache) {
    if (GraphRun.isAlone(rows)) {
      graph.chunk(rows, sequence, 0, 0, 1);
      graph.run(session, cache.rows(rows), graph.chunkNowhere(), rows, 1, 1);
    } else {
      int last = rows - 1;
      graph.run(session, cache.rows(last), cache.chunk(last), last, 1, graph.length(last) + 1);
    }
  }

  /** The chunk only, behind one or two rows without meaning. */
  private void prefill(DecoderSession session, KvCache cache) {
    if (graph.heads() == 0) {
      chunkHead(to - 1, 0, 1); // a run without an output is none
    }
    int filling = graph.fillBefore(to - from);
    chunk(session, graph.rowsNowhere(filling), cache, filling);
  }

  private void chunk(DecoderSession session, View rowView, KvCache cache, int rows) {
    // What filling tokens leave in the slot is overwritten by the tokens that belong there. Where
    // the slot ends there is no room for them, nor another way to cut such a sequence.
    int end = to;
    while ((GraphRun.isAlone(end - from) || GraphRun.isAlone(rows + end - from))
        && end < config.contextLength()) {
      end++;
    }
    graph.chunk(rows, sequence, from, to, end);
    graph.run(session, rowView, cache.chunk(slot), rows, end - from, end);
  }

  @Override
  public void close() {
    graph.close();
  }
}
