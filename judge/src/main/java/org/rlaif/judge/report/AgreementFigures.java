package org.rlaif.judge.report;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.rlaif.judge.Agreement;

/**
 * How far two agree on the same pairs.
 *
 * @param with whom
 * @param pairs on which both have said something
 * @param agree share on the same side, of those on which the other has one; even labels count half,
 *     as in {@link Agreement}; null if there is none
 * @param kappa Cohen's, over first, even and second; null if it is not defined
 * @param table how often which was said: rows are the judge's first, even and second, columns the
 *     other's
 */
public record AgreementFigures(
    String with,
    int pairs,
    @Nullable Share agree,
    @Nullable Double kappa,
    List<List<Integer>> table) {
  static final int CATEGORIES = 3;

  public AgreementFigures {
    table = table.stream().map(List::copyOf).toList();
  }

  /**
   * Sums up what two have said.
   *
   * @param one probabilities that the first is better
   * @param other the other's for the same pairs
   */
  public static AgreementFigures of(String with, double[] one, double[] other) {
    int[][] counts = new int[CATEGORIES][CATEGORIES];
    int decided = 0;
    for (int i = 0; i < one.length; i++) {
      int column = category(other[i]);
      counts[category(one[i])][column]++;
      decided += column == 1 ? 0 : 1;
    }
    double accuracy = Agreement.accuracy(sides(one), sides(other));
    List<List<Integer>> table = new ArrayList<>();
    for (int[] row : counts) {
      table.add(List.of(row[0], row[1], row[2]));
    }
    return new AgreementFigures(
        with,
        one.length,
        decided == 0 ? null : Share.of(accuracy * decided, decided),
        finite(Kappa.cohen(counts)),
        table);
  }

  static @Nullable Double finite(double value) {
    return Double.isFinite(value) ? (Double) value : null;
  }

  private static double[] sides(double[] probabilities) {
    double[] sides = new double[probabilities.length];
    for (int i = 0; i < sides.length; i++) {
      sides[i] = Opinion.side(probabilities[i]);
    }
    return sides;
  }

  /** 0 for the first, 1 for even, 2 for the second. */
  static int category(double probabilityFirst) {
    return 2 - (int) Math.round(2 * Opinion.side(probabilityFirst));
  }
}
