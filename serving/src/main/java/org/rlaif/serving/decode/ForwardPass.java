package org.rlaif.serving.decode;

import java.util.List;
import org.rlaif.model.DecoderConfig;
import org.rlaif.model.onnx.Precision;
import org.rlaif.serving.graph.DecoderSession;
import org.rlaif.serving.graph.ForwardInputs;
import org.rlaif.serving.graph.KvCache;
import org.rlaif.serving.graph.KvCache.View;
import org.rlaif.serving.graph.OnnxRuntime;
import org.rlaif.serving.graph.Operands;
import org.rlaif.serving.graph.Operands.Output;

/**
 * One run of the graph: rows that decode, one token each, and a chunk of one sequence, of which
 * either may be missing; or several whole prompts. The inputs are written into memory that is used
 * again. A row's numbers are the same bits whoever shares the run ({@link ForwardInputs}). Used by
 * one thread at a time.
 */
public final class ForwardPass implements AutoCloseable, Samplers.Distributions {
  private final DecoderConfig config;
  private final Operands operands;
  private final ForwardInputs feed;

  // Of the next run.
  private int rows;
  private int slot;
  private int[] sequence = {};
  private int from;
  private int to;
  private List<int[]> prompts = List.of();
  private int width;
  private int heads;
  private boolean wantsNormaliser;

  /**
   * @param kvCache of the sessions that run
   * @param rows the most rows that decode in one run
   * @param tokens the most tokens of a chunk, or of several prompts
   * @param heads the most positions in one run whose hidden state goes to the head
   */
  public ForwardPass(
      OnnxRuntime runtime,
      DecoderConfig config,
      Precision kvCache,
      int rows,
      int tokens,
      int heads) {
    this.config = config;
    this.operands =
        new Operands(
            runtime,
            config,
            rows + ForwardInputs.MOST_FILLING,
            heads,
            tokens + ForwardInputs.MOST_FILLING,
            heads,
            Output.LOGPROBS);
    this.feed = new ForwardInputs(runtime, config, kvCache, operands);
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
    heads = 0;
    wantsNormaliser = false;
  }

  /**
   * One more row, in the slot of its number, decodes; the output of its number is its distribution.
   * Rows come before the chunk.
   *
   * @param length tokens that its slot holds
   */
  public void row(int token, int length, double temperature) {
    feed.token(rows, token, length);
    operands.rowLengths.put(rows, length);
    head(rows, 0, temperature);
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
  public void prompts(int slot, List<int[]> prompts, List<Double> temperatures) {
    this.slot = slot;
    this.prompts = prompts;
    this.width = width(prompts.stream().mapToInt(prompt -> prompt.length).max().orElseThrow());
    for (int row = 0; row < prompts.size(); row++) {
      head(row * width + prompts.get(row).length - 1, 0, temperatures.get(row));
    }
  }

  /** Tokens that each of several prompts takes if the longest has so many. */
  static int width(int longest) {
    return ForwardInputs.isAlone(longest) ? longest + 1 : longest;
  }

  /**
   * The hidden state at a position of the chunk's sequence goes to the head.
   *
   * @param target the token to give the log-probability of
   * @return the number of its output
   */
  public int chunkHead(int position, int target, double temperature) {
    return head(rows + position - from, target, temperature);
  }

  private int head(int token, int target, double temperature) {
    operands.chosen.put(heads, token);
    operands.targets.put(heads, target);
    operands.temperatures.put(heads, (float) temperature);
    return heads++;
  }

  /** The run also tells what the logits were before they were normalised. */
  void wantNormaliser() {
    wantsNormaliser = true;
  }

  /** The distribution of one output. */
  @Override
  public void logprobs(int output, float[] into) {
    operands.result.get(output * into.length, into);
  }

  /**
   * The log of the sum over the vocabulary of exp(logit / temperature), for an output whose
   * distribution this is and whose target was token 0. Added to a log-probability it gives logit /
   * temperature.
   */
  @Override
  public double normaliser(int output, float[] logprobs) {
    return (double) operands.scaledLogits.get(output) - logprobs[0];
  }

  /** Runs rows and chunk, all of whose slots are in this cache. */
  public void run(DecoderSession session, KvCache cache) {
    if (!prompts.isEmpty()) {
      together(session, cache);
    } else if (from == to) {
      decode(session, cache);
    } else if (rows == 0) {
      prefill(session, cache);
    } else {
      int end = chunk(rows);
      run(session, cache.rows(rows), cache.chunk(slot), rows, end);
    }
  }

  /** Rows only; where it does no harm the last one plays the chunk, of one token. */
  private void decode(DecoderSession session, KvCache cache) {
    if (ForwardInputs.isAlone(rows)) {
      feed.fill(rows);
      run(session, cache.rows(rows), feed.chunkNowhere(), rows, 1);
    } else {
      from = operands.rowLengths.get(rows - 1);
      run(session, cache.rows(rows - 1), cache.chunk(rows - 1), rows - 1, from + 1);
    }
  }

  /** The chunk only, behind one or two rows without meaning. */
  private void prefill(DecoderSession session, KvCache cache) {
    if (heads == 0) {
      chunkHead(to - 1, 0, 1); // a run without an output is none
    }
    int filling = fillBefore(to - from);
    int end = chunk(filling);
    run(session, feed.rowsNowhere(filling), cache.chunk(slot), filling, end);
  }

  /** Padded on the right; what padding leaves in a slot is overwritten before it is read. */
  private void together(DecoderSession session, KvCache cache) {
    int count = prompts.size();
    int filling = fillBefore(count * width);
    feed.sideBySide(filling, prompts, width);
    var shape = new Operands.Shape(filling, count, width, width, heads, wantsNormaliser);
    operands.run(session, feed.rowsNowhere(filling), cache.chunk(slot, count), shape);
  }

  /** Rows without meaning before so many tokens; the heads move behind them. */
  private int fillBefore(int tokens) {
    int filling = feed.fillBefore(tokens);
    for (int head = 0; head < heads; head++) {
      operands.chosen.put(head, operands.chosen.get(head) + filling);
    }
    return filling;
  }

  /** Writes the chunk behind that many rows; returns how many tokens its slot holds then. */
  private int chunk(int rows) {
    for (int i = from; i < to; i++) {
      feed.token(rows + i - from, sequence[i], i);
    }
    // What filling tokens leave in the slot is overwritten by the tokens that belong there. Where
    // the slot ends there is no room for them, nor another way to cut such a sequence.
    int end = to;
    while ((ForwardInputs.isAlone(end - from) || ForwardInputs.isAlone(rows + end - from))
        && end < config.contextLength()) {
      feed.fill(rows + end - from);
      end++;
    }
    return end;
  }

  /**
   * @param rows of one token each
   * @param end tokens in the chunk's slot after this run
   */
  private void run(DecoderSession session, View rowView, View chunkView, int rows, int end) {
    operands.chunkLengths.put(0, end - 1);
    var shape = new Operands.Shape(rows, 1, end - from, end, heads, wantsNormaliser);
    operands.run(session, rowView, chunkView, shape);
  }

  @Override
  public void close() {
    feed.close();
  }
}
