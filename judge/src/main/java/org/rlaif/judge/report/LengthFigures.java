package org.rlaif.judge.report;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.rlaif.judge.Logistic;
import org.rlaif.kit.Interval;

/**
 * Whether the longer completion wins, in somebody's eyes. The logistic effect is that of {@link
 * org.rlaif.judge.WinRate}'s length control (Dubois et al. 2024, arXiv 2404.04475): outcomes are
 * explained by the difference in characters, divided by its root mean square and squashed by tanh;
 * without an intercept, as which completion stands first means nothing here.
 *
 * @param whose eyes
 * @param longerWins share of the pairs of different length in which the longer one wins, ties half
 * @param slope of the log-odds
 * @param slopeInterval from the curvature at the fit
 * @param onceLonger how often a completion wins that is longer by that root mean square, and is
 *     worth as much otherwise
 * @param characters the root mean square
 */
public record LengthFigures(
    String whose,
    Share longerWins,
    double slope,
    Interval slopeInterval,
    double onceLonger,
    double characters) {
  /** As in the win rate: half the squared slope is added to the loss, so that it stays finite. */
  private static final double PENALTY = 1;

  private static final double Z = 1.959963984540054;

  /**
   * Sums up pairs.
   *
   * @param differences first less second, in characters
   * @param sides 1 where the first wins, 0.5, or 0; or a share of votes
   * @return null if all pairs are equally long
   */
  public static @Nullable LengthFigures of(String whose, double[] differences, double[] sides) {
    List<Integer> uneven = new ArrayList<>();
    double longer = 0;
    double squares = 0;
    for (int i = 0; i < differences.length; i++) {
      if (differences[i] != 0) {
        uneven.add(i);
        longer += differences[i] > 0 ? sides[i] : 1 - sides[i];
        squares += differences[i] * differences[i];
      }
    }
    Share share = Share.of(longer, uneven.size());
    if (share == null) {
      return null;
    }
    double unit = Math.sqrt(squares / uneven.size());
    // Both orders of each pair, which make the intercept 0; so the penalty counts twice, too.
    double[] x = new double[2 * uneven.size()];
    double[] y = new double[x.length];
    for (int i = 0; i < uneven.size(); i++) {
      int pair = uneven.get(i);
      x[2 * i] = StrictMath.tanh(differences[pair] / unit);
      x[2 * i + 1] = -x[2 * i];
      y[2 * i] = sides[pair];
      y[2 * i + 1] = 1 - sides[pair];
    }
    double slope = Logistic.fit(x, y, 2 * PENALTY).slope();
    double curvature = PENALTY;
    for (int i = 0; i < x.length; i += 2) {
      double p = Logistic.sigmoid(slope * x[i]);
      curvature += p * (1 - p) * x[i] * x[i];
    }
    double half = Z / Math.sqrt(curvature);
    return new LengthFigures(
        whose,
        share,
        slope,
        new Interval(slope - half, slope + half),
        Logistic.sigmoid(slope * StrictMath.tanh(1)),
        unit);
  }
}
