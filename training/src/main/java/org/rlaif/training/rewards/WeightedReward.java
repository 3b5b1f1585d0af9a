package org.rlaif.training.rewards;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.rlaif.kit.UserError;

/**
 * The sum of all parts, each times its weight. A number that is missing ends the run by name, or
 * leaves its completion out.
 */
public final class WeightedReward {
  private record Open(RewardKind part, RewardSource source) {}

  private final List<Open> parts;
  private final boolean leavesOut;

  /**
   * Opens all parts.
   *
   * @param leavesOut whether NaN leaves a completion out
   */
  public WeightedReward(List<RewardKind> parts, RewardKind.Server server, boolean leavesOut) {
    this.leavesOut = leavesOut;
    this.parts = parts.stream().map(part -> new Open(part, part.open(server))).toList();
  }

  /**
   * What completions are worth.
   *
   * @param sums one for each of them; NaN: it is left out
   * @param parts the same of each part by its label, before its weight
   */
  @SuppressWarnings("ArrayRecordComponent") // plain numbers, never compared as records
  public record Scores(double[] sums, Map<String, double[]> parts) {}

  /** Whether NaN leaves a completion out. */
  public boolean leavesOut() {
    return leavesOut;
  }

  /** Asks all parts. */
  public Scores of(List<SampledCompletion> completions) {
    double[] sums = new double[completions.size()];
    Map<String, double[]> ofParts = new LinkedHashMap<>();
    for (Open open : parts) {
      double[] scores = open.source().score(completions);
      String name = "reward " + open.part().label();
      UserError.require(
          scores.length == sums.length,
          name,
          scores.length + " numbers",
          "one for each of %d completions".formatted(sums.length));
      for (int i = 0; i < sums.length; i++) {
        UserError.require(
            Double.isFinite(scores[i]) || (leavesOut && Double.isNaN(scores[i])),
            name + ", example " + completions.get(i).id(),
            scores[i],
            leavesOut ? "a finite number, or NaN" : "a finite number");
        sums[i] += open.part().weight() * scores[i];
      }
      ofParts.merge(open.part().label(), scores, WeightedReward::sum);
    }
    return new Scores(sums, ofParts);
  }

  private static double[] sum(double[] some, double[] more) {
    double[] sum = some.clone();
    for (int i = 0; i < sum.length; i++) {
      sum[i] += more[i];
    }
    return sum;
  }
}
