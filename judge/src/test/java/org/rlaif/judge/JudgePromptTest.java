package org.rlaif.judge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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

  private static final List<Exemplar> SHOWN =
      List.of(
          new Exemplar("One post", "short", "long", 2, "Long is better."),
          new Exemplar("Another", "x", "y", 1, null));

  /** A rationale that an exemplar lacks is not that of the question. */
  @Test
  void exemplarsStandBeforeTheQuestionAndARationaleBeforeItsAnswer() {
    assertEquals(
        """
        Be true.

        Prompt:
        One post

        Completion 1:
        short

        Completion 2:
        long

        Rationale: Long is better.

        Which completion is better, 1 or 2?
        Better=2

        Prompt:
        Another

        Completion 1:
        x

        Completion 2:
        y

        Which completion is better, 1 or 2?
        Better=1

        Prompt:
        p

        Completion 1:
        a

        Completion 2:
        b

        Rationale: Because.

        Which completion is better, 1 or 2?
        Better=""",
        JudgePrompt.comparing(null, "Be true.", SHOWN, true)
            .render(new Question("p", "a", "b"), " Because. "));
    String thinking =
        JudgePrompt.thinking(null, "Be true.", SHOWN).render(new Question("p", "a", "b"));
    assertTrue(thinking.endsWith("which one is better and why.\nRationale:"), thinking);
    assertTrue(thinking.contains("Better=1\n\nPrompt:\np\n"), thinking);
  }

  @Test
  void aTemplateThatLeavesOutWhatIsSetIsRefused() throws IOException {
    Path file = template("{{prompt}}|{{first}}|{{second}}|");
    for (boolean reasoned : List.of(true, false)) {
      String message =
          assertThrows(
                  UserError.class,
                  () ->
                      JudgePrompt.comparing(
                          file.toString(), "x", reasoned ? List.of() : SHOWN, reasoned))
              .getMessage();
      assertTrue(message.contains(reasoned ? "{{#rationale}}" : "{{#exemplars}}"), message);
    }
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
