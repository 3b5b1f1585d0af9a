package org.rlaif.judge.language;

import java.util.List;
import java.util.stream.IntStream;

/**
 * The answers among which a language model is to choose.
 *
 * @param answers as it writes them, each different
 * @param instruction that asks for nothing else, for a model whose next words are not looked at
 *     before it says them
 */
public record Choices(List<String> answers, String instruction) {
  public Choices {
    answers = List.copyOf(answers);
  }

  /** Which of two. */
  public static final Choices PAIR =
      new Choices(List.of("1", "2"), "Answer with one digit, 1 or 2, and nothing else.");

  /** A grade, both ends among them, from the worst to the best. */
  public static Choices grades(int worst, int best) {
    return new Choices(
        IntStream.rangeClosed(worst, best).mapToObj(String::valueOf).toList(),
        "Answer with one number from %d to %d, and nothing else.".formatted(worst, best));
  }

  boolean isPair() {
    return equals(PAIR);
  }
}
