package org.rlaif.judge.wins;

import java.util.Arrays;

/**
 * Strengths of players from who has beaten whom: a beats b with probability {@code sigmoid(strength
 * of a - strength of b)} (Zermelo 1929; Bradley and Terry 1952). They are the most likely ones,
 * found by the minorise-maximise iteration {@code gamma_i <- W_i / sum_j N_ij / (gamma_i +
 * gamma_j)} (Hunter 2004, equation 3), which never gets worse; {@code strength = ln gamma}, with
 * mean 0.
 */
public final class BradleyTerry {
  private static final int MAX_ITERATIONS = 100_000;
  private static final double SMALL_STEP = 1e-12;

  private BradleyTerry() {}

  /**
   * Strengths in log-odds, with mean 0.
   *
   * @param wins {@code wins[i][j]} is how often i has beaten j; a tie is half a win for both. There
   *     must be {@linkplain #areFinite finite} strengths.
   */
  public static double[] strengths(double[][] wins) {
    int k = wins.length;
    if (!areFinite(wins)) {
      throw new IllegalArgumentException(
          "wins: " + Arrays.deepToString(wins) + " (expected: nobody has only won, or only lost)");
    }
    double[] gamma = new double[k];
    Arrays.fill(gamma, 1);
    for (int iteration = 0; iteration < MAX_ITERATIONS; iteration++) {
      double[] next = new double[k];
      double meanLog = 0;
      for (int i = 0; i < k; i++) {
        double won = 0;
        double expected = 0;
        for (int j = 0; j < k; j++) {
          if (j != i) {
            won += wins[i][j];
            expected += (wins[i][j] + wins[j][i]) / (gamma[i] + gamma[j]);
          }
        }
        next[i] = won / expected;
        meanLog += StrictMath.log(next[i]) / k;
      }
      double step = 0;
      for (int i = 0; i < k; i++) {
        next[i] /= StrictMath.exp(meanLog);
        step = Math.max(step, Math.abs(StrictMath.log(next[i] / gamma[i])));
      }
      gamma = next;
      if (step <= SMALL_STEP) {
        break;
      }
    }
    return Arrays.stream(gamma).map(StrictMath::log).toArray();
  }

  /**
   * Whether there are most likely strengths, and they are finite: however the players are divided
   * in two, somebody of each part has beaten somebody of the other (Ford 1957).
   */
  public static boolean areFinite(double[][] wins) {
    return reaches(wins, false) && reaches(wins, true);
  }

  /** Whether the first reaches all others over wins, or over losses. */
  private static boolean reaches(double[][] wins, boolean losses) {
    boolean[] seen = new boolean[wins.length];
    int[] queue = new int[wins.length];
    int end = 1;
    seen[0] = true;
    for (int at = 0; at < end; at++) {
      for (int j = 0; j < wins.length; j++) {
        double won = losses ? wins[j][queue[at]] : wins[queue[at]][j];
        if (won > 0 && !seen[j]) {
          seen[j] = true;
          queue[end++] = j;
        }
      }
    }
    return end == wins.length;
  }

  /**
   * The same with one tie more between each two, if without them there are no finite strengths;
   * then whoever has won everything stands as high as the number of wins allows, and no higher.
   */
  static double[][] finite(double[][] wins) {
    if (areFinite(wins)) {
      return wins;
    }
    double[][] more = new double[wins.length][wins.length];
    for (int i = 0; i < wins.length; i++) {
      for (int j = 0; j < wins.length; j++) {
        more[i][j] = wins[i][j] + (i == j ? 0 : 0.5);
      }
    }
    return more;
  }
}
