package org.rlaif.training.walks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class GraphTest {
  /** d to c, c to b and to d, b to the goal and to c. */
  private static final Graph CHAIN =
      Graph.of(List.of(List.of(), List.of(0, 2), List.of(1, 3), List.of(2)));

  /** The shortest way from d has 4 nodes: 10 + 1 - 4 = 7 sevenths. */
  @Test
  void optimalityByHand() {
    assertEquals(1, CHAIN.optimality(new Walk("d", " c b a")));
    assertEquals(5.0 / 7, CHAIN.optimality(new Walk("d", " c b c b a")));
    assertEquals(3.0 / 7, CHAIN.optimality(new Walk("d", " c d c b c b a")));
    assertEquals(1.0 / 7, CHAIN.optimality(new Walk("d", " c d c d c b c b a")));
    assertEquals(1, CHAIN.optimality(new Walk("b", " a")));
    assertEquals(7.0 / 9, CHAIN.optimality(new Walk("b", " c b a")));
  }

  @Test
  void whatIsNoWayToTheGoalIsWorthNothing() {
    for (String steps :
        List.of(
            "",
            " c",
            " c b",
            " b a",
            " c b a a",
            " c b a b",
            " c x",
            " c b aa",
            " c  b a",
            "c b a",
            " c d c d c d c d c b a")) {
      assertEquals(0, CHAIN.optimality(new Walk("d", steps)), steps);
    }
    assertEquals(0, CHAIN.optimality(new Walk("?", " c b a")));
  }

  @Test
  void everyWalkFollowsTheGraphAndTheSeed() {
    for (long seed = 0; seed < 5; seed++) {
      Graph graph = Graph.of(seed);
      List<Walk> walks = graph.walks(0, 500);
      assertEquals(walks, Graph.of(seed).walks(0, 500));
      assertEquals(walks.subList(200, 300), graph.walks(200, 100));
      assertNotEquals(walks, Graph.of(seed + 1).walks(0, 500));
      Set<Double> values = new HashSet<>();
      Set<String> starts = new HashSet<>();
      for (Walk walk : walks) {
        double value = graph.optimality(walk);
        int nodes = 1 + walk.steps().length() / 2;
        assertTrue(value >= 0 && value <= 1, walk.toString());
        assertEquals(walk.steps().endsWith("a"), value > 0, walk.toString());
        assertTrue(walk.steps().endsWith("a") || nodes == Graph.LONGEST, walk.toString());
        values.add(value);
        starts.add(walk.start());
      }
      assertEquals(20, starts.size(), "seed " + seed);
      assertEquals(20, graph.starts().size());
      assertTrue(values.contains(1.0) && values.contains(0.0), "seed " + seed);
    }
  }
}
