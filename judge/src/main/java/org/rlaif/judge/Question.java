package org.rlaif.judge;

/**
 * Which of two completions of a prompt is better? They are shown in this order.
 *
 * @param prompt its transcript, if it is a conversation
 */
public record Question(String prompt, String first, String second) {

  /** The same two completions, shown the other way round. */
  public Question swapped() {
    return new Question(prompt, second, first);
  }
}
