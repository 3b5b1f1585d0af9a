package org.rlaif.training.rewards;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.rlaif.kit.Statistics;
import org.rlaif.kit.UserError;

/** The sum of all parts, each times its weight; a number that is missing ends the run by name. */
public final class WeightedReward {
  private record Open(RewardKind part, RewardSource source) {}

  private final List<Open> parts;

  /** Opens all parts. */
  public WeightedReward(List<RewardKind> parts, RewardKind.Server server) {
    this.parts = parts.stream().map(part -> new Open(part, part.open(server))).toList();
  }

  /**
   * What completions are worth.
   *
   * @param sums one for each of them
   * @param means of each part by its label, before its weight
   */
  @SuppressWarnings("ArrayRecordComponent") // plain numbers, never compared as records
  public record Scores(double[] sums, Map<String, Double> means) {}

  /** Asks all parts. */
  public Scores of(List<SampledCompletion> completions) {
    double[] sums = new double[completions.size()];
    Map<String, Double> means = new LinkedHashMap<>();
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
            Double.isFinite(scores[i]),
            name + ", example " + completions.get(i).id(),
            scores[i],
            "a finite number");
        sums[i] += open.part().weight() * scores[i];
      }
      means.merge(open.part().label(), Statistics.mean(scores), Double::sum);
    }
    return new Scores(sums, means);
  }
}
