package org.rlaif.training.onpolicy;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.rlaif.training.config.RunConfig;
import org.rlaif.training.onpolicy.Minibatches.Part;

/** Two epochs over batches of 16 in minibatches of 8, of which 4 are in memory. */
class MinibatchesTest {
  private static final int[] PAIRS = IntStream.generate(() -> 2).limit(8).toArray();

  private static List<List<Part>> deal(String algorithm, int[] groups) {
    RunConfig run = ToyLoop.toy("algorithm=" + algorithm, "onPolicy.microbatch=4");
    return new Minibatches(run.onPolicy(), Algorithms.of(run), 3).deal(groups, row -> true);
  }

  private static int[] rows(List<Part> minibatch) {
    return minibatch.stream().flatMapToInt(part -> Arrays.stream(part.rows())).toArray();
  }

  @Test
  void everyEpochHasEveryRowOnce() {
    List<List<Part>> dealt = deal("ppo", IntStream.generate(() -> 1).limit(16).toArray());
    assertEquals(4, dealt.size());
    for (int epoch = 0; epoch < 2; epoch++) {
      int[] all =
          IntStream.concat(
                  Arrays.stream(rows(dealt.get(2 * epoch))),
                  Arrays.stream(rows(dealt.get(2 * epoch + 1))))
              .sorted()
              .toArray();
      assertArrayEquals(IntStream.range(0, 16).toArray(), all);
    }
    assertArrayEquals(new int[] {1, 1, 1, 1}, dealt.get(0).get(0).groups());
  }

  @Test
  void groupsStayTogether() {
    for (List<Part> minibatch : deal("online_dpo", PAIRS)) {
      assertEquals(2, minibatch.size());
      for (Part part : minibatch) {
        assertArrayEquals(new int[] {2, 2}, part.groups());
        for (int i = 0; i < part.rows().length; i += 2) {
          assertEquals(0, part.rows()[i] % 2);
          assertEquals(part.rows()[i] + 1, part.rows()[i + 1]);
        }
      }
    }
  }

  /** A group that has lost a completion is dealt as it is, and one that is not there is not. */
  @Test
  void aSmallerBatchIsDealtInTheSameOrder() {
    int[] fewer = Arrays.copyOf(PAIRS, 5);
    fewer[1] = 1;
    List<List<Part>> dealt = deal("online_dpo", fewer);
    int[] all = dealt.stream().flatMapToInt(each -> Arrays.stream(rows(each))).sorted().toArray();
    assertArrayEquals(IntStream.range(0, 18).map(i -> i / 2).toArray(), all);
    RunConfig run = ToyLoop.toy("algorithm=ppo");
    List<List<Part>> odd =
        new Minibatches(run.onPolicy(), Algorithms.of(run), 3).deal(PAIRS, row -> row % 2 == 1);
    assertEquals(2, odd.size());
    for (List<Part> minibatch : odd) {
      assertEquals(8, rows(minibatch).length);
    }
  }
}
