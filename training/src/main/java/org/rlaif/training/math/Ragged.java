package org.rlaif.training.math;

import java.util.Arrays;

/** Rows of different length: one row per sequence, one number per token of its completion. */
public final class Ragged {
  private Ragged() {}

  /** Zeros in the same shape. */
  public static float[][] like(float[][] rows) {
    float[][] zeros = new float[rows.length][];
    for (int i = 0; i < rows.length; i++) {
      zeros[i] = new float[rows[i].length];
    }
    return zeros;
  }

  /** How many numbers there are. */
  public static int size(float[][] rows) {
    int size = 0;
    for (float[] row : rows) {
      size += row.length;
    }
    return size;
  }

  /** All numbers, row after row: (N). */
  public static float[] flat(float[][] rows) {
    float[] flat = new float[size(rows)];
    int at = 0;
    for (float[] row : rows) {
      System.arraycopy(row, 0, flat, at, row.length);
      at += row.length;
    }
    return flat;
  }

  /** The chosen rows, in the order of {@code which}; shared, not copied. */
  public static float[][] select(float[][] rows, int[] which) {
    float[][] chosen = new float[which.length][];
    for (int i = 0; i < which.length; i++) {
      chosen[i] = rows[which[i]];
    }
    return chosen;
  }

  /** Rows as long as those of {@code like}, which are no longer than these. */
  public static float[][] cut(float[][] rows, float[][] like) {
    requireSameLength("rows", rows.length, like.length);
    float[][] cut = new float[rows.length][];
    for (int i = 0; i < rows.length; i++) {
      cut[i] = rows[i].length == like[i].length ? rows[i] : Arrays.copyOf(rows[i], like[i].length);
    }
    return cut;
  }

  /**
   * The opposite of {@link #flat}: cuts (N) into rows as long as the numbers in {@code lengths}.
   */
  public static float[][] rows(float[] flat, int[] lengths) {
    requireSameLength("sum of lengths", flat.length, Arrays.stream(lengths).sum());
    float[][] rows = new float[lengths.length][];
    int at = 0;
    for (int i = 0; i < lengths.length; i++) {
      rows[i] = Arrays.copyOfRange(flat, at, at + lengths[i]);
      at += lengths[i];
    }
    return rows;
  }

  static void requireSameShape(float[][] left, float[][] right) {
    requireSameLength("rows", left.length, right.length);
    for (int i = 0; i < left.length; i++) {
      requireSameLength("row " + i, left[i].length, right[i].length);
    }
  }

  static void requireSameLength(String what, int left, int right) {
    if (left != right) {
      throw new IllegalArgumentException(what + ": " + right + " (expected: " + left + ")");
    }
  }
}
