package org.rlaif.judge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.PrintWriter;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlaif.kit.UserError;

class PersonTest {
  private final StringWriter screen = new StringWriter();

  private Person person(String typed, Path answers) {
    return new Person(
        "ana",
        "Be true.",
        /* seed= */ 1,
        answers,
        new BufferedReader(new StringReader(typed)),
        new PrintWriter(screen));
  }

  private static List<Question> questions(int n) {
    return IntStream.range(0, n).mapToObj(i -> new Question("p" + i, "good", "bad")).toList();
  }

  /**
   * Who types where "good" stands prefers it in whatever order it is shown, and about half each.
   */
  @Test
  void theOrderIsOneOfChanceAndTakenBack(@TempDir Path folder) {
    StringBuilder typed = new StringBuilder();
    // What the same seed shows: read from a screen before.
    try (Person look = person("1\n".repeat(40), folder.resolve("look"))) {
      look.askAll(questions(40));
    }
    int goodFirst = 0;
    for (String shown : screen.toString().split("--- 1 ---")) {
      if (shown.contains("--- 2 ---")) {
        boolean first = shown.strip().startsWith("good");
        goodFirst += first ? 1 : 0;
        typed.append(first ? "1\n" : "2\n");
      }
    }
    assertTrue(goodFirst > 8 && goodFirst < 32, goodFirst + " of 40");
    try (Person ana = person(typed.toString(), folder.resolve("answers"))) {
      List<Verdict> verdicts = BothOrders.compareAll(ana, questions(40));
      assertTrue(verdicts.stream().allMatch(each -> each.probabilityFirst() == 1));
      assertTrue(verdicts.stream().allMatch(Verdict::hard));
    }
    assertFalse(screen.toString().contains("ana"), "nothing tells whose they are");
  }

  @Test
  void evenSkippedAndMistyped(@TempDir Path folder) {
    try (Person ana = person("=\nboth\nS\n", folder.resolve("answers"))) {
      List<Answer> answers = ana.askAll(questions(2));
      assertEquals(0.5, answers.get(0).probabilityFirst());
      assertNull(answers.get(1).probabilityFirst());
      assertEquals("skipped", answers.get(1).rationale());
    }
    assertTrue(screen.toString().contains("1, 2, =, s or q is expected"), screen::toString);
    assertTrue(screen.toString().startsWith("Be true."), screen::toString);
  }

  @Test
  void whoStopsGoesOnThere(@TempDir Path folder) {
    Path answers = folder.resolve("answers");
    try (Person ana = person("1\n1\nq\n", answers)) {
      String message = assertThrows(UserError.class, () -> ana.askAll(questions(4))).getMessage();
      assertEquals(
          "stopped; 2 answers are kept in " + answers + ": the same command goes on from there",
          message);
    }
    try (Person ana = person("2\n2\n", answers)) {
      assertEquals(2, ana.answeredBefore(questions(4)));
      assertEquals(4, ana.askAll(questions(4)).size());
    }
    try (Person ana = person("", answers)) {
      String message = assertThrows(UserError.class, () -> ana.askAll(questions(5))).getMessage();
      assertTrue(message.startsWith("no more answers are typed; 4 answers are kept"), message);
    }
  }
}
