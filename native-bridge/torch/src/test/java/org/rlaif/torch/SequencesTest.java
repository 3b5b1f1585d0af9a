package org.rlaif.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

final class SequencesTest {
  /** Two rows: three tokens of prompt and one of completion, one of prompt and two. */
  private static final Sequences ROWS =
      new Sequences(new int[][] {{10, 11, 12, 13}, {20, 21, 22}}, new int[] {3, 1});

  @Test
  void countsTokens() {
    assertEquals(2, ROWS.size());
    assertEquals(4, ROWS.longest());
    assertEquals(1, ROWS.completions()[0].length);
    assertEquals(2, ROWS.completions()[1].length);
    assertEquals(3, ROWS.completionTokens());
  }

  @Test
  void packsRowsOneBehindTheOther() {
    assertArrayEquals(new long[] {10, 11, 12, 13, 20, 21, 22}, ROWS.packed());
    assertArrayEquals(new long[] {0, 1, 2, 3, 0, 1, 2}, ROWS.positions());
    assertArrayEquals(new long[] {0, 1, 2, 3, 4, 5, 6}, ROWS.places());
    assertArrayEquals(new long[] {0, 1, 2, 3, 4, 5, 6, 0}, ROWS.occupants());
  }

  @Test
  void aCompletionTokenIsPredictedOneTokenBeforeIt() {
    assertArrayEquals(new long[] {13, 21, 22}, ROWS.targets());
    assertArrayEquals(new long[] {2, 4, 5}, ROWS.predictors());
    assertArrayEquals(new long[] {3, 6}, ROWS.chosen(tokens -> tokens.length - 1));
    assertArrayEquals(new long[] {1, 5}, ROWS.chosen(tokens -> 1));
  }

  @Test
  void shorterRowsFirstArePaddedToo() {
    Sequences swapped = ROWS.slice(1, 0);
    assertArrayEquals(new long[] {0, 1, 2, 4, 5, 6, 7}, swapped.places());
    assertArrayEquals(new long[] {0, 1, 2, 0, 3, 4, 5, 6}, swapped.occupants());
    assertArrayEquals(new long[] {0, 1, 5}, swapped.predictors());
    assertArrayEquals(new long[] {21, 22, 13}, swapped.targets());
  }

  @Test
  void slicesRepeatAndReorder() {
    Sequences slice = ROWS.slice(1, 1);
    assertArrayEquals(new int[][] {{20, 21, 22}, {20, 21, 22}}, slice.tokens());
    assertArrayEquals(new int[][] {{1, 2}, {1, 2}}, slice.completions());
  }

  /** A conversation: the policy wrote the tokens 1, 2 and 5; 6 was put behind them. */
  @Test
  void aRowMayHaveSeveralCompletions() {
    var rows =
        new Sequences(
            new int[][] {{20, 21}, {10, 11, 12, 13, 14, 15, 16}}, new int[][] {{1}, {1, 2, 5}});
    assertArrayEquals(new long[] {21, 11, 12, 15}, rows.targets());
    assertArrayEquals(new long[] {0, 2, 3, 6}, rows.predictors());
    assertArrayEquals(new long[] {1, 8}, rows.chosen(tokens -> tokens.length - 1));
    assertEquals(4, rows.completionTokens());
    assertEquals(3, rows.completions()[1].length);
    assertArrayEquals(new int[] {1, 2, 5}, rows.slice(1).completions()[0]);
  }

  @Test
  void everyRowHasCompletionTokensThatArePredicted() {
    assertEquals(
        "row 0: completion tokens at [] of 2 (expected: at least one, from 1, rising)",
        assertThrows(
                IllegalArgumentException.class,
                () -> new Sequences(new int[][] {{1, 2}}, new int[] {2}))
            .getMessage());
    for (int[] refused : new int[][] {{}, {0}, {2}, {1, 1}, {-1}}) {
      assertThrows(
          IllegalArgumentException.class,
          () -> new Sequences(new int[][] {{1, 2}}, new int[][] {refused}));
    }
    assertThrows(
        IllegalArgumentException.class, () -> new Sequences(new int[][] {{1, 2}}, new int[0]));
    assertThrows(IllegalArgumentException.class, () -> ROWS.slice());
  }
}
