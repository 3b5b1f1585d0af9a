package org.rlaif.training.learning;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LengthBatchesTest {
  @Test
  void everyPassHasEverythingOnce() {
    Order order = new Order(10, 1);
    int[] first = order.next(10);
    int[] second = order.next(10);
    assertArrayEquals(IntStream.range(0, 10).toArray(), Arrays.stream(first).sorted().toArray());
    assertArrayEquals(IntStream.range(0, 10).toArray(), Arrays.stream(second).sorted().toArray());
    assertNotEquals(Arrays.toString(first), Arrays.toString(second));
    assertArrayEquals(first, new Order(10, 1).next(10));
    assertNotEquals(Arrays.toString(first), Arrays.toString(new Order(10, 2).next(10)));
  }

  @Test
  void orderRunsOverTheEndOfAPass() {
    int[] seven = new Order(3, 1).next(7);
    for (int from = 0; from < 6; from += 3) {
      int[] pass = Arrays.stream(seven, from, from + 3).sorted().toArray();
      assertArrayEquals(new int[] {0, 1, 2}, pass);
    }
  }

  @Test
  void batchesHoldThingsOfSimilarLengthAndLeaveNothingOut() {
    int n = 64; // 8 batches of 8: one pool
    LengthBatches batches = new LengthBatches(n, 8, 5, thing -> thing);
    int[] all =
        IntStream.range(0, 8)
            .mapToObj(i -> batches.next())
            .peek(batch -> assertEquals(7, batch[7] - batch[0]))
            .flatMapToInt(Arrays::stream)
            .sorted()
            .toArray();
    assertArrayEquals(IntStream.range(0, n).toArray(), all);
  }

  @Test
  void seedsOfDifferentPurposesDiffer() {
    long[] seeds =
        IntStream.range(0, 100)
            .mapToLong(i -> Seeds.of(i % 10, i < 50 ? "prompts" : "rollouts", i / 10 % 5))
            .distinct()
            .toArray();
    assertEquals(100, seeds.length);
    assertEquals(Seeds.of(1, "prompts", 2), Seeds.of(1, "prompts", 2));
    assertTrue(Seeds.of(0, "", 0) != 0);
  }
}
