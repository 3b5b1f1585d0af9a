package org.rlaif.serving.engine;

import java.util.Arrays;
import org.rlaif.model.Tokenizer;

/**
 * Text of tokens as they come. A character may be spread over several tokens: it is held back until
 * its last one is there. All pieces together are the text of all tokens.
 */
final class TextStream {
  /** What bytes that are no character, or not yet, read as. */
  private static final char INCOMPLETE = '\uFFFD';

  private final Tokenizer tokenizer;

  /**
   * Tokens since the text last ended with a whole character, and in front of them those of the
   * piece before: some tokenizers drop the space that a text begins with.
   */
  private int[] held = new int[0];

  /** How many of them are of the piece before. */
  private int before;

  /** How much of their text was given. */
  private int given;

  TextStream(Tokenizer tokenizer) {
    this.tokenizer = tokenizer;
  }

  /** The text that one more token completes. */
  String add(int token) {
    held = Arrays.copyOf(held, held.length + 1);
    held[held.length - 1] = token;
    String text = tokenizer.decode(held);
    int whole = text.length();
    while (whole > given && text.charAt(whole - 1) == INCOMPLETE) {
      whole--; // the next token may make a character of them; what stands before them is final
    }
    String piece = text.substring(given, whole);
    given = whole;
    if (whole == text.length()) {
      begin(text);
    }
    return piece;
  }

  /** The text of what was held back, when no more tokens come. */
  String end() {
    String text = tokenizer.decode(held);
    String rest = text.substring(given);
    begin(text);
    return rest;
  }

  /** All is given: the tokens of this piece go before the next one, unless they have no text. */
  private void begin(String text) {
    int[] piece = Arrays.copyOfRange(held, before, held.length);
    String its = tokenizer.decode(piece);
    held = its.isEmpty() ? held : piece;
    before = held.length;
    given = its.isEmpty() ? text.length() : its.length();
  }
}
