package org.rlaif.judge.together;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlaif.kit.Candidates;
import org.rlaif.kit.Prompt;
import org.rlaif.kit.UserError;

class AspectsTest {
  @TempDir private Path folder;

  @Test
  void thePublishedOnesAreShipped() {
    Aspects ultra = Aspects.load("ultrafeedback");
    assertEquals(
        List.of("instruction_following", "honesty", "truthfulness", "helpfulness"),
        ultra.aspects().stream().map(Aspect::name).toList());
    assertTrue(ultra.aspects().get(1).notApplicable());
    assertEquals(
        Map.of("least", 1, "most", 5),
        Map.of("least", ultra.aspects().get(0).least(), "most", ultra.aspects().get(0).most()));
    Aspects steer = Aspects.load("helpsteer2");
    assertEquals(
        List.of(0.65, 0.8, 0.45, 0.55, -0.4),
        steer.aspects().stream().map(Aspect::weight).toList());
    assertEquals(0, steer.aspects().get(4).least());
    assertEquals(4, steer.aspects().get(4).most());
  }

  /** HelpSteer2: (0.65 + 0.8 x 0.5 + 0.45 x 0.75 + 0.55 x 0.25 - 0.4) / 2.85. */
  @Test
  void theMeanIsWeightedAndVerbosityIsACost() {
    Map<String, Double> ratings =
        new HashMap<>(
            Map.of(
                "helpfulness",
                4.0,
                "correctness",
                2.0,
                "coherence",
                3.0,
                "complexity",
                1.0,
                "verbosity",
                4.0));
    Aspects steer = Aspects.load("helpsteer2");
    assertEquals(1.125 / 2.85, steer.score(ratings, Set.of()), 1e-12);
    ratings.put("verbosity", 0.0);
    assertEquals(1.525 / 2.85, steer.score(ratings, Set.of()), 1e-12);
  }

  @Test
  void whatDoesNotApplyDropsOutAndWhatIsUnansweredIsNotGuessed() {
    Aspects ultra = Aspects.load("ultrafeedback");
    Map<String, Double> ratings =
        Map.of("instruction_following", 5.0, "truthfulness", 3.0, "helpfulness", 2.0);
    // (1 + 0.5 + 0.25) / 3
    assertEquals(1.75 / 3, ultra.score(ratings, Set.of("honesty")), 1e-12);
    assertNull(ultra.score(ratings, Set.of()));
  }

  @Test
  void aFileHoldsOnesOwn() throws IOException {
    Path file = folder.resolve("own.yaml");
    Files.writeString(
        file,
        "name: own\noverall: false\naspects:\n  - {name: wit, description: 'Is it funny?', least: 1,"
            + " most: 3, weight: 2}\n");
    Aspects own = Aspects.load(file.toString());
    assertEquals(List.of(new Aspect("wit", "Is it funny?", 1, 3, false, 2)), own.aspects());
    Files.writeString(
        file, "aspects:\n  - {name: wit, description: x, least: 3, most: 3, weight: 2}\n");
    String message =
        assertThrows(UserError.class, () -> Aspects.load(file.toString())).getMessage();
    assertTrue(String.valueOf(message).contains("wit: least and most: 3 and 3"), message);
    message = assertThrows(UserError.class, () -> Aspects.load("nothing")).getMessage();
    assertEquals(
        "aspects: nothing (expected: ultrafeedback, helpsteer2, or the path of a YAML file)",
        message);
  }

  /** All six orders of three, and the same seed gives the same. 600 draws: 100 each, sd 9. */
  @Test
  void everyOrderIsAsLikely() {
    Candidates three = new Candidates("1", Prompt.of("p"), List.of("a", "b", "c"));
    Map<List<Integer>, Integer> times = new HashMap<>();
    for (int seed = 0; seed < 600; seed++) {
      Order order = Order.shuffled(seed, "wit", three);
      assertEquals(Set.of(0, 1, 2), new HashSet<>(order.shown()));
      assertEquals(order, Order.shuffled(seed, "wit", three));
      times.merge(order.shown(), 1, Integer::sum);
    }
    assertEquals(6, times.size());
    times.forEach((order, n) -> assertTrue(n > 60 && n < 140, order + ": " + n));
    Order order = new Order(List.of(2, 0, 1));
    assertEquals(List.of("c", "a", "b"), order.show(three.completions()));
    assertEquals(0, order.place(2));
    assertEquals(List.of(1, 0, 2), order.reversed().shown());
  }

  /**
   * Overall 9, 5, 1 against 0.9, 0.3, 0.6 of one prompt: two of three pairs agree; and one of 10
   * with 0.2, which is swapped. Ranks 3, 2, 1, 4 and 4, 2, 3, 1: Spearman 1 - 6 (1 + 0 + 4 + 9) /
   * 60.
   */
  @Test
  void theOverallIsCheckedAgainstTheAspects() {
    OverallCheck check =
        OverallCheck.of(
            List.of(
                new OverallCheck.Both("p", "p#0", 9, 0.9, 0, 1),
                new OverallCheck.Both("p", "p#1", 5, 0.3, 0, 1),
                new OverallCheck.Both("p", "p#2", 1.6, 0.6, 0, 1),
                new OverallCheck.Both("q", "q#0", 10, 0.2, 0, 1)));
    assertEquals(4, check.completions());
    assertEquals(3, check.pairs());
    assertEquals(2 / 3.0, check.agreement(), 1e-12);
    assertEquals(1 - 6 * 14 / 60.0, check.rankCorrelation(), 1e-12);
    assertEquals(List.of("q#0"), check.swapped());
    assertEquals(
        "overall against aspects: same order in 66.7 % of 3 pairs, rank correlation -0.400 over 4"
            + " completions",
        check.lines().get(0));
  }
}
