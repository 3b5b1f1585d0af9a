package org.rlaif.model.text;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * Where a text may be cut so that the tokens of its pieces are its own: before a single space
 * between two other characters, if no token has such a space inside. Tokenizers differ in whether
 * the piece behind is to keep that space; one that neither way gives the same tokens is never cut.
 */
final class Pieces {
  /** Chars; a piece of ordinary text takes some ten milliseconds. */
  static final int LENGTH = 1 << 14;

  /**
   * A space behind anything else, as vocabularies spell it. What they spell for white space before
   * it does not count: cuts are never made there.
   */
  private static final Pattern INNER_SPACE =
      Pattern.compile("[^ \u0120\u2581\u010a\u0109\u010d\u0142][ \u0120\u2581]");

  private enum Space {
    KEPT,
    DROPPED,
    NEVER_CUT
  }

  /** A part of a text, by its chars. */
  record Piece(int from, int to) {}

  private final Space space;
  private final String secret;

  private Pieces(Space space, String secret) {
    this.space = space;
    this.secret = secret;
  }

  /**
   * For a tokenizer.
   *
   * @param vocabulary its tokens, as keys
   * @param encode what it makes of a text
   * @param secret what the names of its special tokens begin with: no text is cut before one
   */
  static Pieces of(JsonNode vocabulary, Function<String, int[]> encode, String secret) {
    return new Pieces(space(vocabulary, encode), secret);
  }

  private static Space space(JsonNode vocabulary, Function<String, int[]> encode) {
    for (Iterator<String> names = vocabulary.fieldNames(); names.hasNext(); ) {
      if (INNER_SPACE.matcher(names.next()).find()) {
        return Space.NEVER_CUT;
      }
    }
    int[] whole = encode.apply("a b");
    int[] first = encode.apply("a");
    if (Arrays.equals(whole, Ids.joined(first, encode.apply(" b")))) {
      return Space.KEPT;
    }
    return Arrays.equals(whole, Ids.joined(first, encode.apply("b")))
        ? Space.DROPPED
        : Space.NEVER_CUT;
  }

  /** A whole text, in pieces of at most {@link #LENGTH} chars where it has places to cut. */
  List<Piece> of(String text) {
    var pieces = new ArrayList<Piece>();
    int from = 0;
    while (text.length() - from > LENGTH) {
      int cut = cut(text, from + 1, from + LENGTH);
      if (cut < 0) {
        break;
      }
      pieces.add(new Piece(from, cut));
      from = behind(cut);
    }
    pieces.add(new Piece(from, text.length()));
    return pieces;
  }

  /** Where a text's last piece begins that has at least so many chars; 0 if it is the whole. */
  int last(String text, int atLeast) {
    for (int at = text.length() - atLeast; at > 0; at--) {
      if (isCut(text, at)) {
        return behind(at);
      }
    }
    return 0;
  }

  private int behind(int cut) {
    return space == Space.KEPT ? cut : cut + 1;
  }

  /** The last place to cut up to one index, else the first behind it; negative if there is none. */
  private int cut(String text, int first, int most) {
    if (space == Space.NEVER_CUT) {
      return -1;
    }
    for (int at = most; at >= first; at--) {
      if (isCut(text, at)) {
        return at;
      }
    }
    for (int at = most + 1; at < text.length(); at++) {
      if (isCut(text, at)) {
        return at;
      }
    }
    return -1;
  }

  private boolean isCut(String text, int at) {
    return space != Space.NEVER_CUT
        && at > 0
        && at + 1 < text.length()
        && text.charAt(at) == ' '
        && !isSpace(text.charAt(at - 1))
        && !isSpace(text.charAt(at + 1))
        && !text.startsWith(secret, at + 1);
  }

  private static boolean isSpace(char c) {
    return Character.isWhitespace(c) || Character.isSpaceChar(c);
  }
}
