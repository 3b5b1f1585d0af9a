package org.rlaif.training.jobs;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;
import org.rlaif.kit.Statistics;
import org.rlaif.training.math.Gae;
import org.rlaif.training.math.KlEstimators;
import org.rlaif.training.math.Ragged;
import org.rlaif.v1.Parity;

/** What is known about each update, row by row, and about all of them in the end. */
final class PpoMetrics {
  private final List<Map<String, Object>> rows = new ArrayList<>();

  /**
   * What is known about a rollout batch before it is learned from.
   *
   * @param scores by the reward model
   * @return by the names of the metrics; the KL is summed over each sequence (kl) or per token
   *     (klPerToken), parity is the largest difference of log-probabilities between the engines
   */
  static Map<String, Object> of(
      Rollout rollout, double[] scores, Learner.View view, float[][] rewards, Gae gae) {
    double kl =
        DoubleStream.of(
                KlEstimators.sequences(
                    rollout.logprobs(), view.referenceLogprobs(), KlEstimators::k1))
            .sum();
    float[] sampled = Ragged.flat(rollout.logprobs());
    float[] recomputed = Ragged.flat(view.logprobs());
    double reward = Statistics.mean(Ragged.flat(rewards)) * rollout.tokens() / rollout.size();
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("kl", kl / rollout.size());
    row.put("klPerToken", kl / rollout.tokens());
    row.put("score", Statistics.mean(scores));
    row.put("scoreStandardDeviation", Statistics.standardDeviation(scores));
    row.put("reward", reward);
    row.put("length", rollout.meanLength());
    row.put("endedFraction", rollout.endedFraction());
    row.put("entropy", view.entropy());
    double explained =
        Statistics.explainedVariance(Ragged.flat(view.values()), Ragged.flat(gae.returns()));
    if (!Double.isNaN(explained)) {
      row.put("explainedVariance", explained);
    }
    row.put("parity", Statistics.maxAbsDifference(sampled, recomputed));
    return row;
  }

  /**
   * How far the server found published weights from what the trainer expects, and those that it had
   * before; and, if these could not be told apart, why. Root mean squares of log-probabilities.
   */
  static Map<String, Object> of(Parity parity) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("publishDifference", parity.getNewDifference());
    row.put("publishOldDifference", parity.getOldDifference());
    if (!parity.getUndetermined().isEmpty()) {
      row.put("publishUndetermined", parity.getUndetermined());
    }
    return row;
  }

  void add(Map<String, Object> row) {
    rows.add(row);
  }

  /** Of the last update, by name. */
  double last(String name) {
    return number(rows.get(rows.size() - 1), name);
  }

  /** The job's figures. */
  Map<String, Object> figures(Stopwatch watch, double parityThreshold) {
    Map<String, Object> first = rows.get(0);
    Map<String, Object> figures = new LinkedHashMap<>();
    Map<String, Object> start = new LinkedHashMap<>();
    for (String name : List.of("score", "kl", "length", "endedFraction", "entropy")) {
      figures.put(name, last(name));
      start.put(name, number(first, name));
    }
    figures.put("start", start);
    figures.put("updates", rows.size());
    figures.put(
        "firstMinibatch",
        Map.of(
            "ratioMin", number(first, "firstRatioMin"),
            "ratioMax", number(first, "firstRatioMax"),
            "kl", number(first, "kl")));
    figures.put(
        "parity",
        Map.of(
            "maxAbsLogprobDifference", max("parity"),
            "publishMaxAbsLogprobDifference", max("publishParity"),
            "publishUndetermined",
                rows.stream().filter(row -> row.containsKey("publishUndetermined")).count(),
            "threshold", parityThreshold));
    figures.put("weightsVersion", (long) last("weightsVersion"));
    figures.put("seconds", watch.seconds());
    return figures;
  }

  private double max(String name) {
    return rows.stream().mapToDouble(row -> number(row, name)).max().orElseThrow();
  }

  private static double number(Map<String, Object> row, String name) {
    if (row.get(name) instanceof Number number) {
      return number.doubleValue();
    }
    throw new IllegalStateException("no number " + name + " in " + row.keySet());
  }
}
