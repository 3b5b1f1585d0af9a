package org.rlaif.torch;

import java.util.Arrays;
import java.util.function.IntFunction;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * Rows of tokens, each of its own length, some of which are completion tokens: those that the
 * policy wrote, or is to learn to write. All others are there to be read.
 *
 * <p>Sizes: B rows, T tokens in the longest, R tokens of all rows, N completion tokens of all rows.
 * Lists (R) and (N) go row after row.
 *
 * @param tokens ids, one row per sequence
 * @param completions where each row has its completion tokens, in rising order; at least one, and
 *     none at 0: every completion token has one before it that predicts it
 */
@SuppressWarnings("ArrayRecordComponent") // plain numbers, never compared as records
public record Sequences(int[][] tokens, int[][] completions) {
  public Sequences {
    if (tokens.length == 0 || tokens.length != completions.length) {
      throw new IllegalArgumentException(
          tokens.length + " rows, completions of " + completions.length + " (expected: as many)");
    }
    for (int row = 0; row < tokens.length; row++) {
      if (!areCompletions(completions[row], tokens[row].length)) {
        throw new IllegalArgumentException(
            "row %d: completion tokens at %s of %d (expected: at least one, from 1, rising)"
                .formatted(row, Arrays.toString(completions[row]), tokens[row].length));
      }
    }
  }

  /** Rows of a prompt and one completion behind it, to the end. */
  public Sequences(int[][] tokens, int[] promptLengths) {
    this(
        tokens,
        IntStream.range(0, promptLengths.length)
            .mapToObj(row -> IntStream.range(promptLengths[row], tokens[row].length).toArray())
            .toArray(int[][]::new));
  }

  private static boolean areCompletions(int[] positions, int length) {
    int before = 0;
    for (int position : positions) {
      if (position <= before || position >= length) {
        return false;
      }
      before = position;
    }
    return positions.length > 0;
  }

  /** Rows, B. */
  public int size() {
    return tokens.length;
  }

  /** Completion tokens of all rows, N. */
  public int completionTokens() {
    return Arrays.stream(completions).mapToInt(row -> row.length).sum();
  }

  /** Tokens of the longest row, T. */
  public int longest() {
    return Arrays.stream(tokens).mapToInt(row -> row.length).max().getAsInt();
  }

  /** These rows, in this order. */
  public Sequences slice(int... rows) {
    return new Sequences(
        Arrays.stream(rows).mapToObj(row -> tokens[row]).toArray(int[][]::new),
        Arrays.stream(rows).mapToObj(row -> completions[row]).toArray(int[][]::new));
  }

  /** The tokens of all rows, one after the other. (R) */
  long[] packed() {
    return Arrays.stream(tokens).flatMapToInt(Arrays::stream).asLongStream().toArray();
  }

  /** The position of each token in its row. (R) */
  long[] positions() {
    return perRow(row -> LongStream.range(0, tokens[row].length));
  }

  /** Where in (B T) each token stands, once all rows are as long as the longest. (R) */
  long[] places() {
    long longest = longest();
    return perRow(row -> LongStream.range(0, tokens[row].length).map(i -> row * longest + i));
  }

  /** Which token of (R) stands at each place; the first one stands in for padding. (B T) */
  long[] occupants() {
    long[] occupants = new long[Math.multiplyExact(size(), longest())];
    long[] places = places();
    for (int token = 0; token < places.length; token++) {
      occupants[(int) places[token]] = token;
    }
    return occupants;
  }

  /** The completion tokens. (N) */
  long[] targets() {
    return perRow(row -> Arrays.stream(completions[row]).mapToLong(at -> tokens[row][at]));
  }

  /** Where in (R) each completion token is predicted: one token before it. (N) */
  long[] predictors() {
    long[] starts = starts();
    return perRow(row -> Arrays.stream(completions[row]).mapToLong(at -> starts[row] + at - 1));
  }

  /**
   * Where in (R) one token of each row is. (B)
   *
   * @param which of a row's tokens
   */
  long[] chosen(ToIntFunction<int[]> which) {
    long[] starts = starts();
    return perRow(row -> LongStream.of(starts[row] + which.applyAsInt(tokens[row])));
  }

  /** Where in (R) each row begins. (B) */
  private long[] starts() {
    long[] starts = new long[size()];
    for (int row = 1; row < size(); row++) {
      starts[row] = starts[row - 1] + tokens[row - 1].length;
    }
    return starts;
  }

  private long[] perRow(IntFunction<LongStream> numbers) {
    return IntStream.range(0, size()).mapToObj(numbers).flatMapToLong(each -> each).toArray();
  }
}
