package org.rlaif.training.onpolicy;

import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

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

  static OnPolicyFigures of(
      List<UpdateRow> rows, double threshold, Map<String, Double> seconds, int tooLong) {
    UpdateRow.Seen first = rows.get(0).seen();
    UpdateRow last = rows.get(rows.size() - 1);
    UpdateRow.Seen now = last.seen();
    return new OnPolicyFigures(
        now.score(),
        now.kl(),
        now.length(),
        now.endedFraction(),
        now.entropy(),
        new Start(
            first.score(), first.kl(), first.length(), first.endedFraction(), first.entropy()),
        rows.size(),
        new FirstMinibatch(
            rows.get(0).learned().firstRatioMin(),
            rows.get(0).learned().firstRatioMax(),
            first.kl()),
        new Parity(
            max(rows, row -> row.seen().parity()),
            max(rows, row -> row.published().publishParity()),
            rows.stream().filter(row -> row.published().publishUndetermined() != null).count(),
            threshold),
        last.weightsVersion(),
        seconds,
        tooLong);
  }

  private static double max(List<UpdateRow> rows, ToDoubleFunction<UpdateRow> figure) {
    return rows.stream().mapToDouble(figure).max().orElseThrow();
  }
}
