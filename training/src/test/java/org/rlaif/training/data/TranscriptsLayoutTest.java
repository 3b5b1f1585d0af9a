package org.rlaif.training.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.rlaif.kit.Prompt;

class TranscriptsLayoutTest {
  @Test
  void thePromptEndsWithTheLastCommonTurn() {
    assertEquals(7, TranscriptsLayout.promptLength("x A: y A: one", "x A: y B: one", "A: y "));
    assertEquals(4, TranscriptsLayout.promptLength("x A: one", "x A: on", "A:"));
    assertEquals(6, TranscriptsLayout.promptLength("xA:yA:zA:", "xA:yA:z", "A:"));
    assertEquals(3, TranscriptsLayout.promptLength("xA:", "xA:", "A:"));
  }

  @Test
  void aTurnThatIsOnlyPartlyCommonDoesNotCount() {
    assertEquals(2, TranscriptsLayout.promptLength("A: hello A: x", "A: hello A. x", "A:"));
    assertEquals(0, TranscriptsLayout.promptLength("A:", "A", "A:"));
    assertEquals(0, TranscriptsLayout.promptLength("", "", "A:"));
    assertEquals(0, TranscriptsLayout.promptLength("one", "two", "A:"));
  }

  @Test
  void withoutATurnItIsTheCommonBeginning() {
    assertEquals(5, TranscriptsLayout.promptLength("The cat", "The cow", ""));
    // 🎲 is D83C DFB2, 🎯 is D83C DFAF: they share their first half.
    assertEquals(1, TranscriptsLayout.promptLength("a🎲", "a🎯", ""));
    assertEquals(3, TranscriptsLayout.promptLength("a🎲b", "a🎲c", ""));
  }

  @Test
  void whatIsNoPlainTextIsRefused() {
    String expected =
        " (expected: transcripts in plain text, without data.chat, or a prompt in prompt)";
    assertEquals(
        "f, row 7, columns chosen and rejected: no prompt, and data.chat is true" + expected,
        Rows.message("{'chosen': 'a b', 'rejected': 'a c'}", "data.chat=true"));
    assertEquals(
        "f, row 7, columns chosen and rejected: messages" + expected,
        Rows.message("{'chosen': [u:a, a:b], 'rejected': 'c'}", "data.layout=transcripts"));
  }

  @Test
  void theAnswersHaveThePrefix() {
    assertEquals(
        new Lesson("f:7", Prompt.of("a?"), null, "> b", "> ", false),
        Rows.read(
            "{'chosen': 'a?b', 'rejected': 'a?'}",
            "data.columns.turn='?'",
            "data.completionPrefix='> '"));
  }

  @Test
  void neverEndsInsideASurrogatePair() {
    String[] alphabet = {"a", ":", "🎲", "🎯", "é"};
    Random random = new Random(1);
    for (int round = 0; round < 2000; round++) {
      StringBuilder one = new StringBuilder();
      StringBuilder other = new StringBuilder();
      for (int i = 0; i < 6; i++) {
        String piece = alphabet[random.nextInt(alphabet.length)];
        one.append(piece);
        other.append(random.nextInt(4) == 0 ? alphabet[random.nextInt(alphabet.length)] : piece);
      }
      for (String turn : new String[] {"", ":", "🎲"}) {
        int end = TranscriptsLayout.promptLength(one.toString(), other.toString(), turn);
        assertEquals(
            one.substring(0, end), other.substring(0, end), "round " + round + " of seed 1");
        assertFalse(
            end > 0 && Character.isHighSurrogate(one.charAt(end - 1)),
            "round " + round + " of seed 1");
      }
    }
  }
}
