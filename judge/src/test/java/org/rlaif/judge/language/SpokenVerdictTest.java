package org.rlaif.judge.language;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The table of the rules, and of what looks like a verdict and is none. */
class SpokenVerdictTest {
  private static final String FIRST =
      """
      1
      1.
      **1**
      "1"
      (1)
      #1
      `1`
      [1]
      A
      [[A]]
      [[1]]
      \\boxed{1}
      <answer>1</answer>
      Answer: 1
      Answer: **1**
      **Answer:** 1
      ANSWER = 1
      Better=1
      {"answer": 1}
      {"better": "A"}
      Final answer: [[A]]
      My final verdict is: 1.
      The better one is 1
      The better completion is completion 1.
      The winner is Response A.
      The best summary is the first one.
      Completion 1
      completion #1
      Response A
      Option (A)
      Completion number 1
      The first.
      The first one
      The former
      The first completion
      The first one is better
      The first one is better.
      the first is slightly better
      1 is better
      1 is better than 2.
      Completion 1 is much better than completion 2.
      Response A is better than response B
      A is the better response
      **Completion 1** is better.
      I think the first one is better.
      In my opinion, completion 1 is the best.
      I prefer the first one
      I would choose completion 1 over completion 2.
      """;

  private static final String NONE =
      """
      1 is worse
      Completion 1 is worse
      Completion 1 is worse than completion 2
      The first one is worse.
      -1
      +1
      1%
      1/2
      1:2
      1-2
      1.5
      0.1
      .1
      1?
      ~1
      $1
      10
      12
      1st
      1a
      v1
      1, 2
      1 2
      1 or 2
      1 and 2
      1 (not 2)
      not 1
      Not completion 1
      neither
      Neither 1 nor 2
      Both
      Both 1 and 2 are good
      a
      AB
      A/B
      B+
      A good summary says who did what.
      Answer: 12
      Answer: -1
      Answer: 1%
      Answer: 1.5
      Answer: 1 or 2
      Answer: neither
      Answer: 1 is worse
      The answer is not 1
      The worse one is 1
      [[C]]
      [[A]] or [[B]]
      [[A]] [[2]]
      \\boxed{12}
      1 is better?
      1 is not better
      1 is no better than 2
      The first one is better than nothing
      The first one is better written but wrong
      1 is better in style, 2 in content
      I cannot say.
      I prefer not to answer
      Completion 1 repeats the prompt.
      There are 2 completions
      Completion 2 of 3
      one
      first
      First.
      I
      3
      C
      """;

  @Test
  void theFirst() {
    FIRST.lines().forEach(each -> named(each, true));
  }

  /** The same of the other. */
  @Test
  void theSecond() {
    Map<String, String> other =
        Map.of("1", "2", "2", "1", "first", "second", "First", "Second", "former", "latter");
    for (String each : FIRST.lines().toList()) {
      StringBuilder swapped = new StringBuilder();
      for (String part : each.split("\\b", -1)) {
        String upper = part.equals("A") ? "B" : part.equals("B") ? "A" : part;
        swapped.append(other.getOrDefault(part, upper));
      }
      named(swapped.toString(), false);
    }
  }

  @Test
  void whatIsNoVerdict() {
    NONE.lines().forEach(each -> assertNull(SpokenVerdict.in(each, true), each));
    assertNull(SpokenVerdict.in("", true));
    assertNull(SpokenVerdict.in("  \n ", true));
  }

  /** Reasons may come before or after. */
  @Test
  void reasonedVerdicts() {
    named("Completion 1 leaves out 2 facts.\nCompletion 2 none.\n\nAnswer: 2", false);
    named("Completion 1 leaves out 2 facts.\n\n**Verdict: 2**\n", false);
    named("Assistant A is right, assistant B is not. [[A]]", true);
    named("<think>1? No: 2 is better.\nAnswer: 2</think>\n\n1", true);
    named("2\n\nBecause the first one invents a name.", false);
    named("word ".repeat(5000) + "\nFinal answer: 1", true);
    for (String none :
        List.of(
            "1\n2",
            "1\n\n2\n\nBoth.",
            "1. The first is short.\n2. The second is long.",
            "Answer: 2\nOr is it 1?",
            "2\nis worse",
            "<think>Answer: 2</think>",
            "<think>\nAnswer: 2\n</think>\nI cannot say.",
            "Completion 1 leaves out 2 facts.\n\n2 of 3")) {
      assertNull(SpokenVerdict.in(none, true), none);
    }
  }

  @Test
  void saysWhereTheVerdictStands() {
    SpokenVerdict verdict = SpokenVerdict.in("**Answer:** the second one", true);
    assertTrue(verdict != null);
    assertEquals("second", verdict.said());
    assertEquals("first", verdict.rival());
    assertEquals(16, verdict.at());
    SpokenVerdict thought = SpokenVerdict.in("<think>1</think> [[B]]", true);
    assertTrue(thought != null);
    assertEquals(19, thought.at());
  }

  /** "Completion 1" may be how "Completion 1 is worse" begins. */
  @Test
  void ofATextThatWasCutOffTheWholeVerdictMustBeThere() {
    for (String cut : List.of("Completion 1", "The first one", "The first", "The first one is")) {
      assertNull(SpokenVerdict.in(cut, false), cut);
    }
    for (String enough : List.of("1", "Answer: 1", "[[A]] since", "1\n\nThe first")) {
      assertTrue(SpokenVerdict.in(enough, false) != null, enough);
    }
  }

  /** A megabyte of anything is read in no time. */
  @Test
  void longTextsAreNoTrouble() {
    for (String part : List.of(" ", "\n", "1", "the ", "A ", "[[", "Answer: ", "first one ")) {
      String text = part.repeat((1 << 20) / part.length());
      assertTimeoutPreemptively(Duration.ofSeconds(5), () -> SpokenVerdict.in(text, true), part);
      assertTimeoutPreemptively(
          Duration.ofSeconds(5), () -> SpokenVerdict.in(text + "?", true), part);
    }
  }

  private static void named(String text, boolean first) {
    SpokenVerdict verdict = SpokenVerdict.in(text, true);
    assertTrue(verdict != null, () -> "no verdict: " + text);
    assertEquals(first, verdict.first(), text);
    assertTrue(text.startsWith(verdict.said(), verdict.at()), text);
  }
}
