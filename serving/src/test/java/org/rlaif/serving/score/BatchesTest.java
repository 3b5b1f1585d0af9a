package org.rlaif.serving.score;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.rlaif.serving.score.ScoringRequest.Piece;

/** A run costs 48 tokens and its rows, each as long as the longest. */
class BatchesTest {
  private static final int MANY = 1 << 20;

  /** Together 48 + 2 x 100 = 248; apart 48 + 90 + 48 + 100 = 286. */
  @Test
  void similarLengthsShareARun() {
    assertEquals(List.of(List.of(90, 100)), cut(MANY, MANY, 100, 90));
  }

  /** Together 48 + 4 x 100 = 448; apart 48 + 3 x 10 + 48 + 100 = 226. */
  @Test
  void paddingCanCostMoreThanARun() {
    assertEquals(List.of(List.of(10, 10, 10), List.of(100)), cut(MANY, MANY, 10, 100, 10, 10));
  }

  /** 17 tokens become 18, so that three rows of them are 54 and not 51. */
  @Test
  void aRunHasItsLimits() {
    assertEquals(List.of(List.of(17, 17), List.of(17)), cut(53, MANY, 17, 17, 17));
    assertEquals(List.of(List.of(17, 17, 17)), cut(54, MANY, 17, 17, 17));
    assertEquals(List.of(List.of(20, 20), List.of(20)), cut(MANY, 2, 20, 20, 20));
  }

  /** Against all ways there are. */
  @Test
  void noWayIsCheaper() {
    for (int seed = 0; seed < 300; seed++) {
      var random = new Random(seed);
      int[] lengths = random.ints(1 + random.nextInt(9), 1, 120).sorted().toArray();
      int tokens = 130 + random.nextInt(300);
      int heads = 1 + random.nextInt(5);
      List<List<Integer>> runs = cut(tokens, heads, lengths);
      assertEquals(
          lengths.length, runs.stream().mapToInt(List::size).sum(), "all of them, seed " + seed);
      long cost = 0;
      for (List<Integer> run : runs) {
        int all = run.size() * ScoringPass.padded(run.get(run.size() - 1));
        assertTrue(all <= tokens && run.size() <= heads, runs + ", seed " + seed);
        cost += Batches.RUN + all;
      }
      assertEquals(cheapest(lengths, 0, tokens, heads), cost, "seed " + seed);
    }
  }

  private static long cheapest(int[] sorted, int from, int tokens, int heads) {
    if (from == sorted.length) {
      return 0;
    }
    long best = Long.MAX_VALUE;
    for (int end = from + 1; end <= sorted.length && end - from <= heads; end++) {
      int longest = sorted[end - 1];
      int width = longest % 16 == 1 && longest > 1 ? longest + 1 : longest;
      if ((end - from) * width <= tokens) {
        best = Math.min(best, 48 + (end - from) * width + cheapest(sorted, end, tokens, heads));
      }
    }
    return best;
  }

  /** The lengths of each run. */
  private static List<List<Integer>> cut(int tokens, int heads, int... lengths) {
    var request = new ScoringRequest("", () -> false);
    for (int length : lengths) {
      var stretch = new Span(new int[length], 0, new int[1], new int[1], 1, (index, number) -> {});
      request.add(List.of(stretch), 1);
    }
    List<List<Piece>> runs = Batches.cut(request.pieces(), tokens, heads);
    List<Piece> all = new ArrayList<>();
    runs.forEach(all::addAll);
    assertEquals(new HashSet<>(request.pieces()), new HashSet<>(all));
    return runs.stream()
        .map(run -> run.stream().map(piece -> piece.first().length()).toList())
        .toList();
  }
}
