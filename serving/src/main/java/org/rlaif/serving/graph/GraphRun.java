package org.rlaif.serving.graph;

import java.util.List;
import org.rlaif.serving.graph.KvCache.View;

/**
 * One run of the graph after the other, over memory that is used again: tokens and heads are
 * written, the graph runs, results are read. Used by one thread at a time.
 *
 * <p>A run has a part of rows that decode, one token each, and behind it a chunk: tokens of one
 * sequence, or whole sequences side by side. A token's numbers are the same bits whoever shares the
 * run, as long as no token is left alone: ONNX Runtime computes a single row of a matrix with
 * another kernel than many, and hands out rows in blocks of 16 or more (narrow networks;
 * attention's blocks are twice a head's width). Found by trying: see DeterminismTest and
 * ScoringDeterminismTest. So neither a run nor a chunk, nor a row of one, may have one token more
 * than a multiple of 16. Nor may a part of a run be empty. Tokens without meaning fill up.
 */
public final class GraphRun implements AutoCloseable {
  /** Most tokens without meaning in one part. */
  public static final int MOST_FILLING = 2;

  private static final int BLOCK = 16;

  private final Operands operands;

  /** Where tokens without meaning leave their keys and values. */
  private final KvCache nowhere;

  // Of the next run.
  private int heads;
  private boolean scaled;

  /**
   * @param rows that decode, at most in a run
   * @param sequences side by side, at most
   * @param tokens of a chunk, at most
   * @param heads at most in a run
   */
  public GraphRun(GraphSpec graph, int rows, int sequences, int tokens, int heads, Output output) {
    this.operands =
        new Operands(graph, rows + MOST_FILLING, sequences, tokens + MOST_FILLING, heads, output);
    this.nowhere = new KvCache(graph, MOST_FILLING, 1);
  }

  /** Whether one of that number of tokens would be left alone. */
  public static boolean isAlone(int tokens) {
    return tokens % BLOCK == 1;
  }

  /** Forgets the heads of the last run. */
  public void clear() {
    heads = 0;
    scaled = false;
  }

  /** The run also tells the logit of each head's target, divided by the temperature. */
  public void wantScaledLogits() {
    scaled = true;
  }

  /**
   * A row that decodes.
   *
   * @param length tokens that its slot holds
   */
  public void row(int row, int token, int length) {
    token(row, token, length);
    operands.rowLengths.put(row, length);
  }

  /** Tokens that the slot of a row holds. */
  public int length(int row) {
    return operands.rowLengths.get(row);
  }

  private void token(int index, int id, int position) {
    operands.ids.put(index, id);
    operands.positions.put(index, position);
  }

  /**
   * The hidden state of a token goes to the head.
   *
   * @param token its index in the run; {@link #fillBefore} moves it
   * @param target the token to give the log-probability of
   * @return the number of its result
   */
  public int head(int token, int target, double temperature) {
    operands.chosen.put(heads, token);
    operands.targets.put(heads, target);
    operands.temperatures.put(heads, (float) temperature);
    return heads++;
  }

  public int heads() {
    return heads;
  }

  /**
   * One or two decoding rows without meaning, before a chunk of {@code tokens} tokens; the heads
   * move behind them. Returns how many.
   */
  public int fillBefore(int tokens) {
    int filling = isAlone(1 + tokens) ? 2 : 1;
    for (int row = 0; row < filling; row++) {
      row(row, 0, 0);
    }
    for (int head = 0; head < heads; head++) {
      operands.chosen.put(head, operands.chosen.get(head) + filling);
    }
    return filling;
  }

  /** The slots of rows without meaning. */
  public View rowsNowhere(int filling) {
    return nowhere.rows(filling);
  }

  /** The slot of a chunk of one token without meaning. */
  public View chunkNowhere() {
    return nowhere.chunk(0);
  }

  /**
   * Tokens {@code from} to {@code to - 1} of a sequence are the chunk; tokens without meaning fill
   * it up to {@code end}.
   *
   * @param rows before it
   */
  public void chunk(int rows, int[] sequence, int from, int to, int end) {
    for (int i = from; i < to; i++) {
      token(rows + i - from, sequence[i], i);
    }
    for (int i = to; i < end; i++) {
      token(rows + i - from, 0, 0);
    }
  }

  /**
   * Runs rows and one chunk.
   *
   * @param tokens of the chunk
   * @param end tokens in its slot after this run
   */
  public void run(
      DecoderSession session, View rowView, View chunkView, int rows, int tokens, int end) {
    operands.chunkLengths.put(0, end - 1);
    operands.run(
        session, rowView, chunkView, new Operands.Shape(rows, 1, tokens, end, heads, scaled));
  }

  /**
   * Runs whole sequences side by side, padded on the right, and nothing else. What padding leaves
   * in a slot is overwritten before it is read. A head's index counts from the first token.
   *
   * @param width tokens of each, padding included
   */
  public void sideBySide(DecoderSession session, List<int[]> sequences, int width, View slots) {
    int count = sequences.size();
    int filling = fillBefore(count * width);
    int index = filling;
    for (int row = 0; row < count; row++) {
      int[] sequence = sequences.get(row);
      chunk(index, sequence, 0, sequence.length, width);
      operands.chunkLengths.put(row, sequence.length - 1);
      index += width;
    }
    operands.run(
        session,
        rowsNowhere(filling),
        slots,
        new Operands.Shape(filling, count, width, width, heads, scaled));
  }

  /** The one number of a head. */
  public float result(int head) {
    return operands.result.get(head);
  }

  /** The distribution of a head. */
  public void results(int head, float[] into) {
    operands.result.get(head * into.length, into);
  }

  /** Of a head's target; see {@link #wantScaledLogits}. */
  public float scaledLogit(int head) {
    return operands.scaledLogits.get(head);
  }

  @Override
  public void close() {
    nowhere.close();
  }
}
