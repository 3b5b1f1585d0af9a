package org.rlaif.model.text;

/**
 * A text without places to cut, in windows that overlap, so that nobody waits long for one call of
 * the library. Where two windows come to the same tokens over all that both know for sure, the
 * second goes on for the first. That gives the tokens of the whole: which of a text's tokens merge
 * depends on their neighbours alone, and both windows have the same.
 */
final class Windows {
  /** Code points of one; the tokens of the last ones may change with what comes behind. */
  private static final int LENGTH = Pieces.LENGTH;

  private static final int UNSURE = LENGTH / 8;
  private static final int OVERLAP = LENGTH / 4;

  /** Of the overlap, what must be the same at least. */
  private static final int SAME = LENGTH / 16;

  /**
   * Where a window begins before its first token does: what is put in front of every text may move
   * all tokens behind.
   */
  private static final int SHIFTS = 4;

  /** A library's call. */
  @FunctionalInterface
  interface Encoder {
    /**
     * The tokens of a text by itself.
     *
     * @param soFar tokens before it
     */
    Spans encode(String text, int soFar);
  }

  private final int[] text;
  private final Encoder encoder;
  private final int soFar;
  private Spans known;

  /** Behind the last window's last code point. */
  private int end;

  private Windows(int[] text, Encoder encoder, int soFar) {
    this.text = text;
    this.encoder = encoder;
    this.soFar = soFar;
    this.known = window(0, 0);
    this.end = Math.min(LENGTH, text.length);
  }

  /** The tokens of a text; in one call, if its windows do not come to the same. */
  static Spans of(String text, Encoder encoder, int soFar) {
    var windows = new Windows(text.codePoints().toArray(), encoder, soFar);
    while (windows.end < windows.text.length) {
      if (!windows.goOn()) {
        return encoder.encode(text, soFar);
      }
    }
    return windows.known;
  }

  private Spans window(int start, int before) {
    String part = new String(text, start, Math.min(LENGTH, text.length - start));
    return encoder.encode(part, soFar + before);
  }

  private boolean goOn() {
    int token = known.ids().length - 1;
    while (token > 0 && (known.from()[token] > end - OVERLAP || !known.begins(token))) {
      token--;
    }
    for (int shift = 0; shift < SHIFTS && shift < known.from()[token]; shift++) {
      int start = known.from()[token] - shift;
      Spans next = window(start, token);
      if (append(next, start, token)) {
        end = Math.min(start + LENGTH, text.length);
        return true;
      }
    }
    return false;
  }

  /** Finds a character that both begin a token with, and all the same tokens behind it. */
  private boolean append(Spans next, int start, int token) {
    int mine = token;
    int its = 0;
    while (mine < known.ids().length
        && its < next.ids().length
        && known.from()[mine] <= end - UNSURE - SAME) {
      int ahead = next.from()[its] + start - known.from()[mine];
      if (ahead == 0 && known.begins(mine) && next.begins(its) && same(next, start, mine, its)) {
        known = known.upTo(mine).and(next, its, point -> point + start);
        return true;
      }
      mine += ahead >= 0 ? 1 : 0;
      its += ahead <= 0 ? 1 : 0;
    }
    return false;
  }

  private boolean same(Spans next, int start, int mine, int its) {
    int i = 0;
    while (mine + i < known.ids().length && known.to()[mine + i] <= end - UNSURE) {
      if (its + i >= next.ids().length
          || known.ids()[mine + i] != next.ids()[its + i]
          || known.from()[mine + i] != next.from()[its + i] + start) {
        return false;
      }
      i++;
    }
    return i > 0;
  }
}
