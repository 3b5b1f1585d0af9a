package org.rlaif.judge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlaif.kit.UserError;

class JudgePromptTest {
  private static final Question QUESTION =
      new Question("A <post> & \"more\".\nTL;DR:", " first {{prompt}}", " second");

  @TempDir private Path folder;

  private Path template(String text) throws IOException {
    return Files.writeString(folder.resolve("mine.mustache"), text);
  }

  @Test
  void theShippedTemplateEndsWhereTheAnswerComes() {
    assertEquals(
        """
        Be true.

        Prompt:
        A <post> & "more".
        TL;DR:

        Completion 1:
        first {{prompt}}

        Completion 2:
        second

        Which completion is better, 1 or 2?
        Better=""",
        JudgePrompt.comparing(null, "Be true.\n").render(QUESTION));
  }

  @Test
  void soDoesTheOneThatRates() throws IOException {
    JudgePrompt<Rated> shipped = JudgePrompt.rating(null, "Be true.");
    assertEquals(
        """
        Be true.

        Prompt:
        A post

        Completion:
        one

        How good is this completion, from 1 (worst) to 10 (best)?
        Rating=""",
        shipped.render(new Rated("A post", " one")));
    Path file = template("{{prompt}}");
    String message =
        assertThrows(UserError.class, () -> JudgePrompt.rating(file.toString(), "x")).getMessage();
    assertTrue(message.contains("(expected: {{prompt}}, {{completion}} in it)"), message);
  }

  @Test
  void aTemplateOfOnesOwn() throws IOException {
    Path file = template("{{prompt}}|{{first}}|{{second}}|\n");
    assertEquals(
        "p|a|b|",
        JudgePrompt.comparing(file.toString(), "unused").render(new Question("p", "a", "b")));
  }

  @Test
  void aTemplateWithoutAPartIsRefused() throws IOException {
    Path file = template("{{prompt}} {{first}}");
    String message =
        assertThrows(UserError.class, () -> JudgePrompt.comparing(file.toString(), "x"))
            .getMessage();
    assertTrue(message.contains("a part is missing (expected: {{prompt}}, {{first}}"), message);
  }

  @Test
  void anUnknownNameIsRefused() throws IOException {
    Path file = template("{{prompt}} {{first}} {{second}} {{third}}");
    String message =
        assertThrows(UserError.class, () -> JudgePrompt.comparing(file.toString(), "x"))
            .getMessage();
    assertTrue(message.contains("third"), message);
  }

  @Test
  void aMissingFileIsNamed() {
    Path file = folder.resolve("none");
    String message =
        assertThrows(UserError.class, () -> JudgePrompt.comparing(file.toString(), "x"))
            .getMessage();
    assertEquals(file + ": no such file", message);
  }
}
