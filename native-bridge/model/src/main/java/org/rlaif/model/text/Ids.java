package org.rlaif.model.text;

import java.util.Arrays;

/** Tokens, one after another. */
final class Ids {
  private Ids() {}

  static int[] joined(int[] some, int[] more) {
    int[] all = Arrays.copyOf(some, some.length + more.length);
    System.arraycopy(more, 0, all, some.length, more.length);
    return all;
  }

  static boolean begins(int[] ids, int[] with) {
    return ids.length >= with.length && Arrays.equals(ids, 0, with.length, with, 0, with.length);
  }
}
