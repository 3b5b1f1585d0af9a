package org.rlaif.training.onpolicy;

import java.util.Map;
import org.rlaif.training.learning.Stopwatch;

/**
 * What came of all updates: the last one's means, and the first one's under {@code start}.
 *
 * @param firstMinibatch of all, where trainer and server must agree
 * @param weightsVersion that is served in the end
 * @param seconds by part
 * @param tooLong prompts that were left out
 */
public record OnPolicyFigures(
    double score,
    double kl,
    double length,
    double endedFraction,
    double entropy,
    Start start,
    int updates,
    FirstMinibatch firstMinibatch,
    Parity parity,
    long weightsVersion,
    Map<String, Double> seconds,
    int tooLong) {

  /** Means of the first update. */
  public record Start(
      double score, double kl, double length, double endedFraction, double entropy) {}

  /** Extreme ratios of probabilities, and the rollout's KL to the reference. */
  public record FirstMinibatch(double ratioMin, double ratioMax, double kl) {}

  /**
   * How far the engines are apart.
   *
   * @param maxAbsLogprobDifference over the tokens of all rollouts
   * @param publishMaxAbsLogprobDifference over the probes of all publications
   * @param publishUndetermined publications that proved nothing
   * @param threshold the largest that is allowed
   */
  public record Parity(
      double maxAbsLogprobDifference,
      double publishMaxAbsLogprobDifference,
      long publishUndetermined,
      double threshold) {}

  /** Of the first update. */
  static OnPolicyFigures first(UpdateRow row, double threshold, int tooLong) {
    UpdateRow.Seen seen = row.seen();
    var start =
        new Start(seen.score(), seen.kl(), seen.length(), seen.endedFraction(), seen.entropy());
    var minibatch =
        new FirstMinibatch(row.learned().firstRatioMin(), row.learned().firstRatioMax(), seen.kl());
    return of(row, start, minibatch, new Parity(0, 0, 0, threshold), 0, tooLong);
  }

  /** With one more update behind these. */
  OnPolicyFigures and(UpdateRow row) {
    return of(row, start, firstMinibatch, parity, updates, tooLong);
  }

  private static OnPolicyFigures of(
      UpdateRow row,
      Start start,
      FirstMinibatch firstMinibatch,
      Parity before,
      int updatesBefore,
      int tooLong) {
    UpdateRow.Seen now = row.seen();
    UpdateRow.Published published = row.published();
    return new OnPolicyFigures(
        now.score(),
        now.kl(),
        now.length(),
        now.endedFraction(),
        now.entropy(),
        start,
        updatesBefore + 1,
        firstMinibatch,
        new Parity(
            Math.max(before.maxAbsLogprobDifference, now.parity()),
            Math.max(before.publishMaxAbsLogprobDifference, published.publishParity()),
            before.publishUndetermined + (published.publishUndetermined() == null ? 0 : 1),
            before.threshold),
        row.weightsVersion(),
        Map.of(),
        tooLong);
  }

  /** The same, with the seconds that all of it took. */
  OnPolicyFigures in(Stopwatch watch) {
    return new OnPolicyFigures(
        score,
        kl,
        length,
        endedFraction,
        entropy,
        start,
        updates,
        firstMinibatch,
        parity,
        weightsVersion,
        watch.seconds(),
        tooLong);
  }
}
