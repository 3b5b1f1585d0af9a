package org.rlaif.judge.language;

import java.util.List;

/**
 * How probable a language model finds an answer.
 *
 * @param tokens ids of the answer
 * @param logprob of all of them together, in nats, whatever the model says after them; NaN if it
 *     has none
 */
public record AnswerLogprob(List<Integer> tokens, double logprob) {
  /** Whether this is how another answer begins. */
  boolean begins(AnswerLogprob other) {
    return tokens.size() < other.tokens.size()
        && other.tokens.subList(0, tokens.size()).equals(tokens);
  }
}
