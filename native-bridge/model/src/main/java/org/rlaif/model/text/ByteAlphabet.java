package org.rlaif.model.text;

import java.util.Arrays;

/**
 * GPT-2's way of writing bytes as visible letters, so that tokens can be kept as text: printable
 * Latin-1 stands for itself, the 68 other bytes for the letters from U+0100 on.
 */
final class ByteAlphabet {
  /** All bytes, in the order of their letters. */
  static final int[] ORDER = new int[256];

  private static final char[] LETTERS = new char[256];
  private static final int[] RANKS = new int[256];
  private static final int[] BYTES = new int[256 + 68];

  static {
    Arrays.fill(BYTES, -1);
    int rank = 0;
    for (int b = 0; b < 256; b++) {
      if (printable(b)) {
        place(rank++, b, (char) b);
      }
    }
    char next = 256;
    for (int b = 0; b < 256; b++) {
      if (!printable(b)) {
        place(rank++, b, next++);
      }
    }
  }

  private ByteAlphabet() {}

  static char letter(int b) {
    return LETTERS[b];
  }

  static int rank(int b) {
    return RANKS[b];
  }

  /** The byte that a letter stands for; -1 for any other letter. */
  static int value(char letter) {
    return letter < BYTES.length ? BYTES[letter] : -1;
  }

  private static void place(int rank, int b, char letter) {
    BYTES[letter] = b;
    ORDER[rank] = b;
    RANKS[b] = rank;
    LETTERS[b] = letter;
  }

  /** The soft hyphen, 0xAD, is invisible. */
  private static boolean printable(int b) {
    return (b >= '!' && b <= '~') || (b >= 0xa1 && b <= 0xff && b != 0xad);
  }
}
