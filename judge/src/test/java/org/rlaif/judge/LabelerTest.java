package org.rlaif.judge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.rlaif.kit.Candidates;
import org.rlaif.kit.Message;
import org.rlaif.kit.Preference;
import org.rlaif.kit.Prompt;
import org.rlaif.kit.UserError;

class LabelerTest {
  /** Completions of 1 to 20 words; the rubric below wants few. */
  private static List<Candidates> ramblings(int prompts, int k, long seed) {
    Random random = new Random(seed);
    List<Candidates> candidates = new ArrayList<>();
    for (int i = 0; i < prompts; i++) {
      List<String> completions = new ArrayList<>();
      for (int j = 0; j < k; j++) {
        completions.add(" word" + " and word".repeat(random.nextInt(10)) + ".");
      }
      candidates.add(new Candidates("row-" + i, Prompt.of("prompt " + i), completions));
    }
    return candidates;
  }

  private static RubricJudge shortIsGood(double noise, double positionBias) {
    Rubric rubric = new Rubric("short", "", List.of(), 0, 0, null, new Rubric.Brevity(0, 0.1), 1);
    return new RubricJudge(rubric, new JudgeSettings(noise, positionBias, 0.6, 5));
  }

  @Test
  void theBiasIsSeenBeforeAndGoneAfterBothOrders() {
    LabelReport report = new Labeler(shortIsGood(0.4, 0.6)).label(ramblings(1000, 2, 1)).report();
    assertTrue(report.positionBiasBefore() > 0.1, report::toString);
    assertEquals(0, report.positionBiasAfter(), 0.02, report::toString);
    assertTrue(report.firstTwice() > 0.2 && report.secondTwice() < 0.05, report::toString);
  }

  @Test
  void withoutABiasThereIsNoneToSee() {
    LabelReport report = new Labeler(shortIsGood(0, 0)).label(ramblings(300, 2, 2)).report();
    assertEquals(0, report.positionBiasBefore(), 1e-12, report::toString);
    assertEquals(1, report.bothOrdersAgree(), 1e-12, report::toString);
  }

  @Test
  void agreesWithItsNoiseFreeSelfInMostPairs() {
    Labeler labeler = new Labeler(shortIsGood(0.3, 0.4), Labeler.Pairs.ALL, shortIsGood(0, 0));
    Double agreement = labeler.label(ramblings(300, 2, 3)).report().agreement();
    assertTrue(agreement != null && agreement > 0.8 && agreement < 1, () -> "" + agreement);
  }

  @Test
  void theFiguresByHand() {
    LabelReport report =
        LabelReport.of(
            new RuleJudge(q -> Answer.of(1)),
            List.of(
                new Verdict(0.8, 0.9, 0.7, false, null),
                new Verdict(0.6, 0.8, 0.4, true, null),
                new Verdict(0.45, 0.3, 0.6, false, null),
                new Verdict(null, 0.9, null, false, "away"),
                new Verdict(0.5, null, null, false, null)),
            null);
    assertEquals(5, report.pairs());
    assertEquals(4, report.answered());
    assertEquals(1, report.unanswered());
    assertEquals(1, report.identical());
    assertEquals(1, report.hard());
    // Shown first: 0.9, 0.3; 0.8, 0.6; 0.3, 0.4. Their mean is 0.55.
    assertEquals(0.05, report.positionBiasBefore(), 1e-12);
    assertEquals(0.0875, report.positionBiasAfter(), 1e-12); // (0.3 + 0.1 - 0.05 + 0) / 4
    assertEquals(1.0 / 3, report.bothOrdersAgree(), 1e-12);
    assertEquals(1.0 / 3, report.firstTwice(), 1e-12);
    assertEquals(1.0 / 3, report.secondTwice(), 1e-12);
    assertNull(report.agreement());
  }

  /** What was never measured is not 0. */
  @Test
  void figuresOverNothingAreAbsent() {
    List<Candidates> same = List.of(new Candidates("x", Prompt.of("p"), List.of("a", "a")));
    LabelReport report = new Labeler(new RuleJudge(q -> Answer.of(1))).label(same).report();
    assertEquals(1, report.even());
    assertNull(report.positionBiasBefore());
    assertNull(report.positionBiasInterval());
    assertNull(report.bothOrdersAgree());
    assertNull(report.bothOrdersAgreeInterval());
    assertNull(report.firstTwice());
    assertEquals(
        List.of(
            "rule: 1 pairs, 1 answered, 0 not answered, 1 of the same text twice",
            "position bias not known: no pair was asked in both orders, after both orders +0.000",
            "all 1 are even (0.5): nothing says which completion is better"),
        report.lines());
  }

  @Test
  void smallFiguresCarryTheirInterval() {
    LabelReport report =
        LabelReport.of(
            new RuleJudge(q -> Answer.of(1)),
            List.of(
                new Verdict(0.8, 0.9, 0.7, false, null),
                new Verdict(0.6, 0.8, 0.4, false, null),
                new Verdict(0.45, 0.3, 0.6, false, null)),
            null);
    // By pair 0.1, 0.2, -0.15: mean 0.05, standard error 0.104083; times Student's 4.2706.
    assertEquals(
        "position bias +0.050 (95 %: -0.394 to +0.494), after both orders +0.117",
        report.lines().get(1));
    // Wilson's interval of 1 in 3: 6.1 to 79.2 (Brown, Cai and DasGupta 2001, eq. 4).
    assertEquals(
        "both orders agree 33.3 % (95 %: 6.1 to 79.2), first twice 33.3 %, second twice 33.3 %",
        report.lines().get(2));
  }

  @Test
  void allPairsOrEachWithTheNext() {
    List<Candidates> three = List.of(new Candidates("x", Prompt.of("p"), List.of("a", "b", "c")));
    RuleJudge judge = new RuleJudge(q -> Answer.of(0.25));
    assertEquals(
        List.of("x#0-1", "x#0-2", "x#1-2"),
        new Labeler(judge).label(three).preferences().stream().map(Preference::id).toList());
    assertEquals(
        List.of("x#0-1", "x#1-2"),
        new Labeler(judge, Labeler.Pairs.CONSECUTIVE, null)
            .label(three).preferences().stream().map(Preference::id).toList());
  }

  /** What a policy sampled goes on to whoever learns from the labels. */
  @Test
  void preferencesKeepTheTokensOfTheirCompletions() {
    List<List<Integer>> tokens = List.of(List.of(5, 1), List.of(6), List.of(7, 8));
    var three = new Candidates("x", Prompt.of("p"), List.of("a", "b", "c"), tokens);
    List<Preference> preferences =
        new Labeler(new RuleJudge(q -> Answer.of(0.25))).label(List.of(three)).preferences();
    assertEquals(
        List.of(
            new Preference.Tokens(tokens.get(0), tokens.get(1)),
            new Preference.Tokens(tokens.get(0), tokens.get(2)),
            new Preference.Tokens(tokens.get(1), tokens.get(2))),
        preferences.stream().map(Preference::tokens).toList());
  }

  @Test
  void preferencesSayWhereTheyComeFrom() {
    RuleJudge judge = new RuleJudge(q -> Answer.of(q.first().equals("a") ? 0.75 : 0.5));
    List<Candidates> rows = List.of(new Candidates("x", Prompt.of("p"), List.of("a", "b")));
    Preference preference = new Labeler(judge).label(rows).preferences().get(0);
    assertEquals("x", preference.id());
    assertEquals(0.625, preference.probabilityFirst()); // (0.75 + 0.5) / 2
    assertEquals("rule", preference.provenance().source());
    assertEquals("0", preference.provenance().hash());
    assertEquals(0.75, preference.provenance().forward());
    assertEquals(0.5, preference.provenance().reversed());
  }

  @Test
  void unansweredPairsAreCountedAndLeftOut() {
    RuleJudge judge =
        new RuleJudge(q -> q.prompt().equals("hard") ? Answer.none("?") : Answer.of(0.9));
    Labeler.Labels labels =
        new Labeler(judge)
            .label(
                List.of(
                    new Candidates("1", Prompt.of("hard"), List.of("a", "b")),
                    new Candidates("2", Prompt.of("easy"), List.of("a", "b"))));
    assertEquals(1, labels.report().unanswered());
    assertEquals(List.of("2"), labels.preferences().stream().map(Preference::id).toList());
  }

  @Test
  void noAnswerAtAllIsAnErrorWithItsReason() {
    RuleJudge mute = new RuleJudge(q -> Answer.none("prompt too long"));
    UserError error =
        assertThrows(UserError.class, () -> new Labeler(mute).label(ramblings(3, 2, 4)));
    assertTrue(String.valueOf(error.getMessage()).contains("prompt too long"), error::getMessage);
  }

  @Test
  void aHashChangesWithWhatDecidesTheAnswers() {
    assertEquals(shortIsGood(0.1, 0).hash(), shortIsGood(0.1, 0).hash());
    assertTrue(!shortIsGood(0.1, 0).hash().equals(shortIsGood(0.2, 0).hash()));
  }

  /** The judge reads it, the reward model will be asked it. */
  @Test
  void aConversationIsShownAsATranscriptAndKept() {
    Prompt chat = Prompt.of(List.of(Message.system("Be kind."), Message.user("Hi")));
    RuleJudge judge = new RuleJudge(q -> Answer.of(0.7));
    Labeler.Labels labels =
        new Labeler(judge).label(List.of(new Candidates("x", chat, List.of("a", "b"))));
    assertEquals("System: Be kind.\n\nUser: Hi", judge.asked.get(0).prompt());
    assertEquals(chat, labels.preferences().get(0).prompt());
  }
}
