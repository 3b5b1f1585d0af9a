package org.rlaif.judge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BothOrdersTest {
  private static final Question QUESTION = new Question("p", "good", "bad");

  @Test
  void alwaysFirstGivesExactlyAHalf() {
    Verdict verdict = compare(new RuleJudge(q -> Answer.of(1)), QUESTION);
    assertEquals(0.5, verdict.probabilityFirst());
    assertEquals(1, verdict.forward());
    assertEquals(0, verdict.reversed());
  }

  @Test
  void whoeverLooksAtThePositionAloneGivesExactlyAHalf() {
    Random random = new Random(11);
    for (int i = 0; i < 10_000; i++) {
      double p = i % 2 == 0 ? random.nextDouble() : random.nextDouble() * 1e-9;
      Verdict verdict = compare(new RuleJudge(q -> Answer.of(p)), QUESTION);
      assertEquals(0.5, verdict.probabilityFirst(), () -> "p = " + p);
    }
  }

  @Test
  void theMeanOfBothOrders() {
    RuleJudge judge = new RuleJudge(q -> Answer.of(q.first().equals("good") ? 0.9 : 0.3));
    Verdict verdict = compare(judge, QUESTION);
    assertNotNull(verdict.probabilityFirst());
    assertEquals(0.8, verdict.probabilityFirst(), 1e-12); // (0.9 + 0.7) / 2
    assertEquals(0.7, verdict.reversed(), 1e-12);
    Verdict swapped = compare(judge, QUESTION.swapped());
    assertEquals(0.2, swapped.probabilityFirst(), 1e-12);
  }

  @Test
  void halfAnAnswerIsNone() {
    RuleJudge judge =
        new RuleJudge(q -> q.first().equals("good") ? Answer.of(0.9) : Answer.none("too long"));
    Verdict verdict = compare(judge, QUESTION);
    assertNull(verdict.probabilityFirst());
    assertEquals(0.9, verdict.forward());
    assertNull(verdict.reversed());
    assertEquals("too long", verdict.rationale());
  }

  @Test
  void theSameTextTwiceIsEvenAndNotAsked() {
    RuleJudge judge = new RuleJudge(q -> Answer.of(1));
    Verdict verdict = compare(judge, new Question("p", "same", "same"));
    assertEquals(0.5, verdict.probabilityFirst());
    assertEquals(0, judge.asked.size());
  }

  private static Verdict compare(Judge judge, Question question) {
    return BothOrders.compareAll(judge, List.of(question)).get(0);
  }
}
