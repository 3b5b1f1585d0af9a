package org.rlaif.training.offline;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.rlaif.training.learning.Sequence;

class MismatchedTest {
  private static Sequence sequence(int prompt, int... completion) {
    return new Sequence(new int[] {prompt, prompt}, completion);
  }

  private static int[][] completions(int context, Sequence... sequences) {
    return Mismatched.of(List.of(sequences), context).stream()
        .map(Sequence::completion)
        .toArray(int[][]::new);
  }

  @Test
  void thePromptBeforeLendsItsCompletion() {
    assertArrayEquals(
        new int[][] {{7, 8, 9}, {5}, {6}},
        completions(9, sequence(1, 5), sequence(2, 6), sequence(3, 7, 8, 9)));
  }

  @Test
  void completionsOfTheSamePromptAreSkipped() {
    assertArrayEquals(
        new int[][] {{8}, {8}, {6}},
        completions(9, sequence(1, 5), sequence(1, 6), sequence(2, 8)));
    assertArrayEquals(new int[][] {{6}, {5}}, completions(9, sequence(1, 5), sequence(1, 6)));
  }

  @Test
  void whatIsLongerThanTheContextIsCut() {
    assertArrayEquals(
        new int[][] {{7, 8}, {5}}, completions(4, sequence(1, 5), sequence(2, 7, 8, 9)));
  }
}
