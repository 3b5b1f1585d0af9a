package org.rlaif.judge.wins;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.rlaif.judge.Answer;
import org.rlaif.judge.Judge;
import org.rlaif.judge.Question;
import org.rlaif.kit.Bootstrap;
import org.rlaif.kit.Example;
import org.rlaif.kit.Prompt;
import org.rlaif.kit.UserError;

class TournamentTest {
  private static final Bootstrap DRAWS = new Bootstrap(200, 1);

  /** The longer one is better; what stands first gets a little more; a question mark: no answer. */
  private static final class ByLength implements Judge {
    private int asked;

    @Override
    public Answer ask(Question question) {
      asked++;
      if (question.first().contains("?") || question.second().contains("?")) {
        return Answer.none("no idea");
      }
      int difference = question.first().length() - question.second().length();
      return Answer.of(difference == 0 ? 0.6 : difference > 0 ? 0.9 : 0.2);
    }

    @Override
    public String name() {
      return "length";
    }

    @Override
    public String hash() {
      return "0";
    }
  }

  private static List<Example> policy(String... completions) {
    List<Example> examples = new ArrayList<>();
    for (int i = 0; i < completions.length; i++) {
      examples.add(new Example(String.valueOf(i), Prompt.of("prompt " + i), completions[i]));
    }
    return examples;
  }

  private static Map<String, List<Example>> policies(Object... namesAndExamples) {
    Map<String, List<Example>> policies = new LinkedHashMap<>();
    for (int i = 0; i < namesAndExamples.length; i += 2) {
      @SuppressWarnings("unchecked")
      List<Example> examples = (List<Example>) namesAndExamples[i + 1];
      policies.put((String) namesAndExamples[i], examples);
    }
    return policies;
  }

  private static Tournament of(Map<String, List<Example>> policies) {
    return Tournament.of(new ByLength(), policies, DRAWS, /* wilson= */ true);
  }

  @Test
  void threeWinsOfFourAreLogThree() {
    ByLength judge = new ByLength();
    Tournament tournament =
        Tournament.of(
            judge,
            policies("a", policy("xx", "xx", "xx", "x"), "b", policy("x", "x", "x", "xx")),
            DRAWS,
            true);
    assertEquals(8, judge.asked); // both orders
    Tournament.Rating best = tournament.ratings().get(0);
    assertEquals("a", best.policy());
    assertEquals(Math.log(3) / 2, best.strength(), 1e-9);
    assertEquals(1095.424251, best.elo(), 1e-6);
    assertEquals(3, best.wins());
    assertEquals(4, best.compared());
    assertTrue(best.low() <= best.elo() && best.elo() <= best.high(), best::toString);
    assertFalse(tournament.bounded());
  }

  @Test
  void tiesCountHalfAndUnansweredAreShown() {
    // A win, two ties (of the same length, and of the same text), a loss, and one not answered.
    Tournament tournament =
        of(
            policies(
                "a", policy("xx", "ab", "same", "x", "?"),
                "b", policy("x", "ba", "same", "xx", "x")));
    Tournament.Match match = tournament.matches().get(0);
    assertEquals(0.5, match.winRate().value(), 1e-12);
    assertEquals(2, match.winRate().ties());
    assertEquals(1, match.winRate().unanswered());
    assertEquals(4, tournament.prompts());
    assertEquals(1000, tournament.ratings().get(0).elo(), 1e-6);
    assertEquals(2, tournament.ratings().get(0).wins(), 1e-12);
  }

  @Test
  void whoeverHasOnlyWonIsBounded() {
    // 4 : 0, with a tie more 4.5 : 0.5, odds of 9.
    Tournament tournament =
        of(policies("a", policy("xx", "xx", "xx", "xx"), "b", policy("x", "x", "x", "x")));
    assertTrue(tournament.bounded());
    assertEquals(Math.log(9) / 2, tournament.ratings().get(0).strength(), 1e-9);
    assertTrue(TournamentPage.lines(tournament).get(1).contains("one tie more"));
  }

  @Test
  void theOrderOfThePoliciesAndTheSeedDecideNothing() {
    List<Example> a = policy("xxx", "x", "xx", "xxx", "xx");
    List<Example> b = policy("xx", "xx", "x", "xx", "xxx");
    List<Example> c = policy("x", "xxx", "xxx", "x", "x");
    Tournament one = of(policies("a", a, "b", b, "c", c));
    Tournament other = of(policies("c", c, "a", a, "b", b));
    for (Tournament.Rating rating : one.ratings()) {
      Tournament.Rating same =
          other.ratings().stream()
              .filter(each -> each.policy().equals(rating.policy()))
              .findFirst()
              .orElseThrow();
      assertEquals(rating.strength(), same.strength(), 1e-9);
      assertEquals(rating.low(), same.low(), 1e-6); // the same draws
    }
    assertEquals(one.ratings(), of(policies("a", a, "b", b, "c", c)).ratings());
  }

  @Test
  void onlySharedPromptsAreCompared() {
    Tournament tournament =
        of(
            policies(
                "a", policy("xx", "x", "xx"),
                "b", policy("x", "xx"),
                "c", policy("xxx", "xxx", "x")));
    assertEquals(
        List.of(2, 3, 2), tournament.matches().stream().map(each -> each.winRate().n()).toList());
  }

  @Test
  void intervalsOfWinRatesCanBeDrawnToo() {
    Map<String, List<Example>> two = policies("a", policy("ab", "ab"), "b", policy("ba", "ba"));
    Tournament drawn = Tournament.of(new ByLength(), two, DRAWS, /* wilson= */ false);
    assertEquals(0.5, drawn.matches().get(0).winRate().low()); // ties alone do not vary
    assertTrue(of(two).matches().get(0).winRate().low() < 0.2);
  }

  @Test
  void policiesThatDoNotMeetAreRefused() {
    List<Example> elsewhere = List.of(new Example("z", Prompt.of("other"), "x"));
    assertThrows(UserError.class, () -> of(policies("a", policy("x"), "b", elsewhere)));
    List<Example> otherPrompt = List.of(new Example("0", Prompt.of("other"), "x"));
    assertThrows(UserError.class, () -> of(policies("a", policy("x"), "b", otherPrompt)));
    assertThrows(UserError.class, () -> of(policies("a", policy("x"))));
  }
}
