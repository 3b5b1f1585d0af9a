package org.rlaif.judge;

/**
 * How one comparison of a policy with its opponent came out.
 *
 * @param probability that the policy's completion is the better one; 0.5 is a tie
 * @param lengthDifference length of the policy's completion less that of the opponent's; any unit
 */
public record Outcome(double probability, double lengthDifference) {
  /** Differences up to this size are rounding, and the two are even. */
  public static final double EVEN = 1e-9;

  public Outcome {
    if (!(probability >= 0 && probability <= 1) || !Double.isFinite(lengthDifference)) {
      throw new IllegalArgumentException(
          "outcome: " + probability + ", " + lengthDifference + " (expected: from 0 to 1, finite)");
    }
  }

  /** From a judge's probability; the length is counted in characters, as AlpacaEval does. */
  public static Outcome of(double probability, String policy, String opponent) {
    return new Outcome(probability, policy.length() - (double) opponent.length());
  }

  /** From scores: the higher one wins outright, equal ones are a tie. */
  public static Outcome ofScores(
      double policyScore, double opponentScore, String policy, String opponent) {
    double difference = policyScore - opponentScore;
    double probability = Math.abs(difference) <= EVEN ? 0.5 : difference > 0 ? 1 : 0;
    return of(probability, policy, opponent);
  }

  /** 1 for a win, 0.5 for a tie, 0 for a loss. */
  public double points() {
    return isTie() ? 0.5 : probability > 0.5 ? 1 : 0;
  }

  boolean isTie() {
    return Math.abs(probability - 0.5) <= EVEN;
  }
}
