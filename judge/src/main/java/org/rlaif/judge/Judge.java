package org.rlaif.judge;

import java.util.List;
import org.rlaif.judge.language.Writing;
import org.rlaif.judge.language.Written;
import org.rlaif.kit.Json;
import org.rlaif.kit.UserError;

/** Compares two completions of a prompt. */
public interface Judge extends AutoCloseable {

  /**
   * Answers one question.
   *
   * @throws org.rlaif.kit.UserError if no question at all can be answered: a wrong address, key or
   *     model name
   */
  Answer ask(Question question);

  /** Answers questions, in their order; a judge that waits for others asks several at once. */
  default List<Answer> askAll(List<Question> questions) {
    return questions.stream().map(this::ask).toList();
  }

  /**
   * Rates completions, each by itself, in their order.
   *
   * @throws org.rlaif.kit.UserError if it is no judge that {@linkplain JudgeKind#rates() rates}
   */
  default List<Rating> rateAll(List<Rated> completions) {
    throw UserError.expected("judge " + name(), "compares", "one that rates: of kind model");
  }

  /**
   * Whether the order in which completions are shown may make a difference to it; if not, it is
   * asked in one order alone.
   */
  default boolean mindsTheOrder() {
    return true;
  }

  /**
   * Says in words what is good and bad about completions, in their order.
   *
   * @throws org.rlaif.kit.UserError if it is no judge that {@linkplain JudgeKind#critiques()
   *     critiques}
   */
  default List<Written> critiqueAll(List<Rated> completions) {
    throw UserError.expected("judge " + name(), "compares", "one that writes: a language model");
  }

  /**
   * What it writes to questions that are put in words, in their order.
   *
   * @throws org.rlaif.kit.UserError if it is no judge that {@linkplain JudgeKind#critiques()
   *     writes}
   */
  default List<Written> writeAll(List<String> questions, Writing how) {
    throw UserError.expected(
        "judge " + name(), "writes nothing", "a language model: kind model or endpoint");
  }

  /** How many of these it has answered in an earlier process, and need not be asked. */
  default int writtenBefore(List<String> questions, Writing how) {
    return 0;
  }

  /** Whether its questions stand in the terminal, where nothing else may be drawn then. */
  default boolean asksInTheTerminal() {
    return false;
  }

  /** A question as it is put to the judge; its hash is part of a label's proof. */
  default String put(Question question) {
    return Json.MAPPER.valueToTree(question).toString();
  }

  /** How many of these questions it has answered in an earlier process, and need not be asked. */
  default int answeredBefore(List<Question> questions) {
    return 0;
  }

  /** What has turned out otherwise than it was asked for, and decides answers; for people. */
  default List<String> remarks() {
    return List.of();
  }

  /** Who it is, such as {@code rubric:tldr}. */
  String name();

  /** A fingerprint of everything that decides its answers, as far as it is known here. */
  String hash();

  @Override
  default void close() {}
}
