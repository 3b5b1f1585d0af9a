package org.rlaif.judge;

import org.rlaif.kit.UserError;

/**
 * What a language model is asked and has to write where it is the judge: a model that has learned
 * such lessons in supervised fine-tuning answers as it was taught.
 */
public final class Teaching {
  private final Questions questions;

  /**
   * One exchange.
   *
   * @param question as the judge puts it
   * @param answer what follows
   */
  public record Lesson(String question, String answer) {}

  private Teaching(Questions questions) {
    this.questions = questions;
  }

  /** As that judge asks: with its principles, templates and exemplars. */
  public static Teaching of(JudgeConfig judge) {
    if (!(judge.chosen() instanceof LanguageModelKind kind)) {
      throw UserError.expected("judge.kind", judge.kind(), "model or endpoint");
    }
    return new Teaching(kind.questions(Rubric.load(judge.rubric())));
  }

  /** Which is better, at once. */
  public Lesson comparison(Question question, boolean firstIsBetter) {
    return new Lesson(questions.comparing().render(question), better(firstIsBetter));
  }

  /** Why one of both is better. */
  public Lesson rationale(Question question, String why) {
    return new Lesson(questions.thinking().render(question), " " + why.strip());
  }

  /** Which is better, after this rationale; of a judge that writes one. */
  public Lesson conclusion(Question question, String why, boolean firstIsBetter) {
    return new Lesson(questions.comparing().render(question, why), better(firstIsBetter));
  }

  /**
   * How good a completion is.
   *
   * @param grade from 1, the worst, to 10
   */
  public Lesson rating(Rated completion, int grade) {
    UserError.require(grade >= 1 && grade <= 10, "grade", grade, "from 1 to 10");
    return new Lesson(questions.rating().render(completion), String.valueOf(grade));
  }

  private static String better(boolean firstIsBetter) {
    return firstIsBetter ? "1" : "2";
  }
}
