package org.rlaif.judge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.rlaif.judge.Teaching.Lesson;
import org.rlaif.judge.language.Choice;
import org.rlaif.judge.language.Choices;
import org.rlaif.judge.language.LanguageModel;
import org.rlaif.judge.language.Writing;
import org.rlaif.judge.language.Written;
import org.rlaif.kit.UserError;

/** What is taught is what is asked, to the letter. */
class TeachingTest {
  private static final Question QUESTION = new Question("Why?", "Because.", "So.");

  private final List<String> asked = new ArrayList<>();

  /** Writes down what it is asked. */
  private final class Listener implements LanguageModel {
    @Override
    public Choice choose(String question, Choices choices) {
      asked.add(question);
      return new Choice(null, false, "silent", true);
    }

    @Override
    public Written write(String question, Writing how) {
      asked.add(question);
      return new Written(" Both are short.", null, true);
    }

    @Override
    public String name() {
      return "listener";
    }

    @Override
    public Object identity() {
      return name();
    }

    @Override
    public int atATime() {
      return 1;
    }

    @Override
    public void close() {}
  }

  @Test
  void lessonsAreTheQuestionsThatTheJudgeAsks() {
    JudgeConfig config =
        JudgeConfig.load(null, List.of("kind=model", "rubric=tldr", "rationale.maxTokens=8"));
    Teaching teaching = Teaching.of(config);
    LanguageModelKind kind = (LanguageModelKind) config.chosen();
    try (Judge judge =
        new LanguageModelJudge(new Listener(), kind.questions(Rubric.load("tldr")))) {
      judge.ask(QUESTION);
      judge.rateAll(List.of(new Rated("Why?", "Because.")));
    }
    assertEquals(
        List.of(
            new Lesson(asked.get(0), " Both are short."),
            new Lesson(asked.get(1), "2"),
            new Lesson(asked.get(2), "7")),
        List.of(
            teaching.rationale(QUESTION, "Both are short."),
            teaching.conclusion(QUESTION, "Both are short.", /* firstIsBetter= */ false),
            teaching.rating(new Rated("Why?", "Because."), 7)));
  }

  @Test
  void withoutARationaleThereIsOneQuestion() {
    JudgeConfig config = JudgeConfig.load(null, List.of("kind=model"));
    LanguageModelKind kind = (LanguageModelKind) config.chosen();
    try (Judge judge =
        new LanguageModelJudge(new Listener(), kind.questions(Rubric.load("general")))) {
      judge.ask(QUESTION);
    }
    assertEquals(
        List.of(new Lesson(asked.get(0), "1")),
        List.of(Teaching.of(config).comparison(QUESTION, /* firstIsBetter= */ true)));
  }

  @Test
  void onlyALanguageModelCanBeTaught() {
    JudgeConfig rubric = JudgeConfig.load(null, List.of("kind=rubric"));
    assertEquals(
        "judge.kind: rubric (expected: model or endpoint)",
        assertThrows(UserError.class, () -> Teaching.of(rubric)).getMessage());
    Teaching teaching = Teaching.of(JudgeConfig.load(null, List.of("kind=model")));
    assertThrows(UserError.class, () -> teaching.rating(new Rated("Why?", "So."), 11));
  }
}
