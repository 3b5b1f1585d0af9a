package org.rlaif.model.text;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * Text of tokens as they come, the one way from tokens to text. A character may be spread over
 * several tokens: it is held back until its last one is there. What cannot become a character any
 * more reads as U+FFFD at once, and so does, at the end, one that was begun.
 */
public final class TextStream {
  /** Of the longest character. */
  private static final int MOST_BYTES = 4;

  private final Spelling tokens;
  private final CharsetDecoder decoder =
      StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPLACE)
          .onUnmappableCharacter(CodingErrorAction.REPLACE);

  /** The bytes of a character that is not there yet, then of the next token; ready to be read. */
  private ByteBuffer bytes = ByteBuffer.allocate(0);

  /** Whether the next token is the first that has text. */
  private boolean begins = true;

  /**
   * Of a text that goes on behind other tokens, which may end within a character.
   *
   * @param before the tokens of a prompt, whose own text is not told; none: a text begins
   */
  public TextStream(Spelling tokens, int[] before) {
    this.tokens = tokens;
    int from = before.length;
    int wanted = MOST_BYTES;
    while (from > 0 && wanted > 0) {
      from--;
      if (!tokens.isSilent(before[from])) {
        begins = false;
        wanted -= tokens.bytes(before[from], /* begins= */ false).length;
      }
    }
    for (int i = from; i < before.length; i++) {
      if (!tokens.isSilent(before[i])) {
        add(before[i]);
      }
    }
  }

  /** The text that one more token completes. */
  public String add(int token) {
    byte[] more = tokens.bytes(token, begins);
    begins &= tokens.isSilent(token);
    if (more.length == 0) {
      return "";
    }
    bytes = ByteBuffer.allocate(bytes.remaining() + more.length).put(bytes).put(more).flip();
    return decoded(/* last= */ false);
  }

  /** The text of what was held back, when no more tokens come. */
  public String end() {
    String rest = decoded(/* last= */ true);
    decoder.reset();
    return rest;
  }

  private String decoded(boolean last) {
    CharBuffer chars = CharBuffer.allocate(bytes.remaining() + 1);
    decoder.decode(bytes, chars, last);
    return chars.flip().toString();
  }
}
