package org.rlaif.judge.language;

import java.util.List;
import java.util.function.Consumer;

/**
 * A language model that is asked: one that is served here, or one behind an endpoint. Threads may
 * share one.
 *
 * <p>What cannot be asked of it at all, by a wrong address, key or name, is a {@link
 * org.rlaif.kit.UserError}; what it does not take, such as a question longer than its context, or
 * answers with something else, is an answer that says why there is none.
 */
public interface LanguageModel extends AutoCloseable {

  /** Which of some answers it gives to a question, which ends where the answer comes. */
  Choice choose(String question, Choices choices);

  /** What it writes to a question. */
  Written write(String question, Writing how);

  /** Who it is, such as {@code model:judge}. */
  String name();

  /** All that decides what it says, as far as it is known here; equal for equal models. */
  Object identity();

  /** How many questions are worth asking at the same time. */
  int atATime();

  /** What has turned out otherwise than it was asked for, and decides answers; for people. */
  default List<String> remarks() {
    return List.of();
  }

  /**
   * Whether it has answered all of this before and need not be asked: it keeps its answers.
   *
   * @param asking asks some questions
   */
  default boolean knows(Consumer<LanguageModel> asking) {
    return false;
  }

  /** What a person is told when the rest of the questions is given up; empty: nothing. */
  default String toGoOn() {
    return "";
  }

  @Override
  void close();
}
