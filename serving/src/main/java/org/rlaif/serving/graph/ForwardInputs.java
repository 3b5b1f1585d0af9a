package org.rlaif.serving.graph;

import java.util.List;
import org.rlaif.model.DecoderConfig;
import org.rlaif.model.onnx.Precision;
import org.rlaif.serving.graph.KvCache.View;

/**
 * Writes the tokens of a run into its operands, and adds some that mean nothing. Used by one thread
 * at a time.
 *
 * <p>A token's numbers are the same bits whoever shares the run, as long as no token is left alone:
 * ONNX Runtime computes a single row of a matrix with another kernel than many, and hands out rows
 * in blocks of 16 or more (narrow networks; attention's blocks are twice a head's width). Found by
 * trying: see DeterminismTest and ScoringDeterminismTest. So neither a run nor a chunk, nor a row
 * of one, may have one token more than a multiple of 16. Nor may a part of a run be empty.
 */
public final class ForwardInputs implements AutoCloseable {
  /** Most tokens without meaning in one part. */
  public static final int MOST_FILLING = 2;

  private static final int BLOCK = 16;

  private final Operands operands;

  /** Where tokens without meaning leave their keys and values. */
  private final KvCache nowhere;

  public ForwardInputs(
      OnnxRuntime runtime, DecoderConfig config, Precision kvCache, Operands operands) {
    this.operands = operands;
    this.nowhere = new KvCache(runtime, config, kvCache, MOST_FILLING, 1);
  }

  /** Whether one of so many tokens would be left alone. */
  public static boolean isAlone(int tokens) {
    return tokens % BLOCK == 1;
  }

  public void token(int index, int id, int position) {
    operands.ids.put(index, id);
    operands.positions.put(index, position);
  }

  /** A token without meaning. */
  public void fill(int index) {
    token(index, 0, 0);
  }

  /**
   * One or two decoding rows without meaning, before a chunk of so many tokens; returns how many.
   */
  public int fillBefore(int tokens) {
    int filling = isAlone(1 + tokens) ? 2 : 1;
    for (int row = 0; row < filling; row++) {
      fill(row);
      operands.rowLengths.put(row, 0);
    }
    return filling;
  }

  /** Their slots. */
  public View rowsNowhere(int filling) {
    return nowhere.rows(filling);
  }

  /** The slot of a chunk of one token without meaning. */
  public View chunkNowhere() {
    return nowhere.chunk(0);
  }

  /**
   * Whole sequences as the rows of a chunk, padded on the right.
   *
   * @param first index of the chunk's first token
   * @param width tokens of each row
   */
  public void sideBySide(int first, List<int[]> sequences, int width) {
    int index = first;
    for (int row = 0; row < sequences.size(); row++) {
      int[] sequence = sequences.get(row);
      for (int position = 0; position < width; position++) {
        if (position < sequence.length) {
          token(index, sequence[position], position);
        } else {
          fill(index);
        }
        index++;
      }
      operands.chunkLengths.put(row, sequence.length - 1);
    }
  }

  @Override
  public void close() {
    nowhere.close();
  }
}
