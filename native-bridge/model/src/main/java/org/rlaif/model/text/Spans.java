package org.rlaif.model.text;

import java.util.Arrays;
import java.util.function.IntUnaryOperator;

/**
 * Tokens and the part of a text that each stands for.
 *
 * @param from first place, by token: a code point where the library has counted, else a char
 * @param to behind the last, by token
 */
@SuppressWarnings("ArrayRecordComponent") // handed on, never compared
record Spans(int[] ids, int[] from, int[] to) {
  static final Spans NONE = new Spans(new int[0], new int[0], new int[0]);

  Spans upTo(int token) {
    return new Spans(
        Arrays.copyOf(ids, token), Arrays.copyOf(from, token), Arrays.copyOf(to, token));
  }

  /** With those of another from one token on, whose places are these ones of this text. */
  Spans and(Spans other, int token, IntUnaryOperator place) {
    return new Spans(
        Ids.joined(ids, Arrays.copyOfRange(other.ids, token, other.ids.length)),
        Ids.joined(from, Arrays.stream(other.from).skip(token).map(place).toArray()),
        Ids.joined(to, Arrays.stream(other.to).skip(token).map(place).toArray()));
  }

  /** Whether a character begins with a token, and not within the one before. */
  boolean begins(int token) {
    return token == 0 || from[token] >= to[token - 1];
  }
}
