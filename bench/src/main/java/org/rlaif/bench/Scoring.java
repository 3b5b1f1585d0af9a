package org.rlaif.bench;

import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.rlaif.serving.engine.BareScoring;
import org.rlaif.serving.engine.PolicyEngine;
import org.rlaif.serving.engine.RewardEngine;
import org.rlaif.serving.engine.ServedModel;
import org.rlaif.serving.score.ScoringCounts;
import org.rlaif.serving.score.ScoringItem;

/**
 * Log-probabilities and scores of given sequences, of which the last third is the completion: one
 * after the other on the graph alone, and one a request by closed loops of callers, who ask the
 * engine itself or over gRPC; all in turn.
 */
final class Scoring {
  private static final int COMPLETION = 3;
  private static final int WARM_UP = 8;

  private final Bench bench;
  private final Settings settings;
  private final Repeats found = new Repeats();

  Scoring(Bench bench) {
    this.bench = bench;
    this.settings = bench.settings();
  }

  void measure(Found into) throws InterruptedException {
    PolicyEngine policy = bench.engine();
    RewardEngine reward = bench.reward();
    Caller network = bench.network();
    try (BareScoring logprobs = policy == null ? null : BareScoring.of(policy);
        BareScoring scores = reward == null ? null : BareScoring.of(reward)) {
      for (int repeat = -1; repeat < settings.repeats(); repeat++) {
        for (int length : settings.scoring()) {
          int count = repeat < 0 ? Math.min(WARM_UP, settings.requests()) : settings.requests();
          List<ScoringItem> items = draw(count, length, repeat);
          String name = "logprobs " + length + ", ";
          double bare = bare(name, logprobs, items);
          if (policy != null) {
            loops(name + "engine", bare, items, policy, each -> ask(policy, each));
          }
          loops(name + "gRPC", bare, items, policy, network::logprobs);
          if (reward != null) {
            name = "scores " + length + ", ";
            bare = bare(name, scores, items);
            loops(name + "engine", bare, items, reward, each -> ask(reward, each));
            loops(name + "gRPC", bare, items, reward, network::score);
          }
        }
        if (repeat < 0) {
          found.clear(); // the just-in-time compiler's turn
        }
      }
    }
    into.section(
        "scoring",
        "given sequences of so many tokens, %d a row, each asked for by itself"
            .formatted(settings.requests()),
        found.rows());
  }

  private static void ask(PolicyEngine policy, ScoringItem item) {
    policy.logprobs(item.prompt(), List.of(item.completion()), 1, () -> false);
  }

  private static void ask(RewardEngine reward, ScoringItem item) {
    reward.score(List.of(item), () -> false);
  }

  private double bare(String name, @Nullable BareScoring bare, List<ScoringItem> items) {
    if (bare == null) {
      return Double.NaN;
    }
    double rate = items.size() / LatencyFigures.seconds(bare.run(items));
    found.put(name + "bare, one by one", "sequencesPerSecond", rate);
    return rate;
  }

  private void loops(
      String name,
      double bare,
      List<ScoringItem> items,
      @Nullable ServedModel model,
      Consumer<ScoringItem> call)
      throws InterruptedException {
    for (int callers : settings.concurrency()) {
      String row = name + ", " + callers + (callers == 1 ? " caller" : " callers");
      ScoringCounts before = model == null ? ScoringCounts.NONE : model.scoring();
      long start = System.nanoTime();
      var nanos = new long[items.size()];
      LoadGenerator.closed(
          callers,
          nanos.length,
          i -> {
            long sent = System.nanoTime();
            call.accept(items.get(i));
            nanos[i] = System.nanoTime() - sent;
          });
      double rate = items.size() / LatencyFigures.seconds(System.nanoTime() - start);
      found.put(row, "sequencesPerSecond", rate);
      if (model != null) {
        ScoringCounts after = model.scoring();
        double runs = after.runs() - before.runs();
        found.put(row, "toBare", rate / bare);
        found.put(row, "rowsPerRun", (after.rows() - before.rows()) / runs);
      }
      var latency = new Latency();
      Arrays.stream(nanos).forEach(latency::record);
      var percentiles = new TreeMap<String, Double>();
      latency.into(percentiles, "endToEnd");
      percentiles.forEach((figure, value) -> found.put(row, figure, value));
    }
  }

  private List<ScoringItem> draw(int count, int length, int repeat) {
    int prompt = length - Math.max(1, length / COMPLETION);
    long use = 500L + repeat;
    return Workload.equal(bench.config(), count, length, 1, settings.seed(), use).prompts().stream()
        .map(
            tokens ->
                new ScoringItem(
                    Arrays.copyOf(tokens, prompt), Arrays.copyOfRange(tokens, prompt, length)))
        .toList();
  }
}
