package org.rlaif.judge.report;

/** Agreement beyond what chance would bring. */
public final class Kappa {
  private Kappa() {}

  /**
   * Of two raters: {@code (po - pe) / (1 - pe)}, where {@code po} is the share of equal ratings and
   * {@code pe} the share that independent raters with the same habits would have (Cohen 1960).
   *
   * @param table {@code table[i][j]} is how often the one said i and the other j
   * @return NaN without ratings, or if both have always said the same one thing
   */
  public static double cohen(int[][] table) {
    int n = 0;
    double same = 0;
    double[] one = new double[table.length];
    double[] other = new double[table.length];
    for (int i = 0; i < table.length; i++) {
      for (int j = 0; j < table.length; j++) {
        n += table[i][j];
        one[i] += table[i][j];
        other[j] += table[i][j];
      }
      same += table[i][i];
    }
    double expected = 0;
    for (int i = 0; i < table.length; i++) {
      expected += one[i] / n * (other[i] / n);
    }
    return beyond(same / n, expected);
  }

  /**
   * Of several raters, who need not be the same for each item (Fleiss 1971). Items may have
   * different numbers of ratings: each item's agreement counts once, each rating counts once in
   * what chance would bring. Items with fewer than two ratings are left out.
   *
   * @param counts {@code counts[i][j]} is how many raters put item i into category j
   * @return NaN if no item has two ratings, or all ratings are the same
   */
  public static double fleiss(int[][] counts) {
    double agreement = 0;
    int items = 0;
    double ratings = 0;
    double[] categories = new double[counts.length == 0 ? 0 : counts[0].length];
    for (int[] item : counts) {
      int raters = 0;
      double pairs = 0;
      for (int count : item) {
        raters += count;
        pairs += (double) count * (count - 1);
      }
      if (raters < 2) {
        continue;
      }
      agreement += pairs / ((double) raters * (raters - 1));
      items++;
      ratings += raters;
      for (int j = 0; j < item.length; j++) {
        categories[j] += item[j];
      }
    }
    double expected = 0;
    for (double category : categories) {
      expected += category / ratings * (category / ratings);
    }
    return beyond(agreement / items, expected);
  }

  private static double beyond(double observed, double expected) {
    return expected >= 1 ? Double.NaN : (observed - expected) / (1 - expected);
  }
}
