package org.rlaif.training.stages;

import static org.rlaif.kit.pages.Charts.Look.LINE;
import static org.rlaif.kit.pages.Charts.Look.TRAIL;

import java.awt.Color;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;
import org.rlaif.kit.pages.Charts.Look;
import org.rlaif.kit.pages.Charts.Panel;
import org.rlaif.kit.pages.Picture;
import org.rlaif.kit.pages.Pictures;
import org.rlaif.kit.pages.Theme;
import org.rlaif.training.report.MetricCurves;
import org.rlaif.training.run.Product;
import org.rlaif.training.run.Run;

/** What happened update by update, from the rollout batches and metrics that are kept. */
final class OnPolicyPictures {
  /** A figure of the metrics. */
  private record Metric(String key, String title, String unit, Function<Theme, Color> color) {}

  private static final List<Metric> METRICS =
      List.of(
          new Metric("policyLoss", "Policy loss", "loss", Theme::policy),
          new Metric("valueLoss", "Value loss", "loss", Theme::before),
          new Metric("explainedVariance", "Explained variance", "share", Theme::before),
          new Metric("entropy", "Entropy", "nats per token", Theme::policy),
          new Metric("clipFraction", "Clip fraction", "share of tokens", Theme::divergence),
          new Metric("approximateKl", "KL of an update", "nats per token", Theme::divergence));

  private final Path stage;
  private final String word;
  private final List<RolloutMeans> updates;

  /**
   * @param stage its folder
   * @param word what the algorithm is called
   */
  OnPolicyPictures(Run run, Path stage, String word) {
    this.stage = stage;
    this.word = word;
    this.updates = RolloutMeans.read(run.path(Product.DATA), stage);
  }

  /** Those that there is something for. */
  List<Picture> all() {
    List<Picture> all = new ArrayList<>();
    if (updates.size() >= 2) {
      all.add(scoreAgainstKl());
      all.add(byUpdate());
    }
    List<Panel> learning = learning();
    if (!learning.isEmpty()) {
      all.add(
          Pictures.curves(
              "learning",
              "What the optimiser saw",
              "Means over the minibatches of each update. Entropy that falls to nothing means"
                  + " completions that are all alike; a clip fraction or a KL that grows, steps"
                  + " that are too large. An explained variance of 1 is a value network that"
                  + " foresees every return, 0 one that knows their mean.",
              240,
              3,
              learning));
    }
    return all;
  }

  private boolean hasGold() {
    return updates.stream().noneMatch(each -> Double.isNaN(each.gold()));
  }

  private Picture scoreAgainstKl() {
    List<Panel> panels =
        worth("square root of the KL (nats)", update -> Math.sqrt(Math.max(0, update.kl())), TRAIL);
    return Pictures.curves(
        "score-kl",
        hasGold() ? "Reward and gold score against KL" : "Reward against KL",
        "Each point is one update: how far the policy has moved from the reference, by the square"
            + " root of its KL (Gao et al. 2022), and what its completions are worth."
            + (hasGold()
                ? " First by the reward, which "
                    + word
                    + " sees, then by the gold score, which it does not. Where the first still"
                    + " rises and the second falls, the policy exploits the reward."
                : ""),
        300,
        panels.size(),
        panels);
  }

  private Picture byUpdate() {
    List<Panel> panels = new ArrayList<>(worth("update", RolloutMeans::update, LINE));
    panels.add(
        byUpdate(
            "KL to the reference", RolloutMeans::kl, "nats per completion", Theme::divergence));
    panels.add(byUpdate("Length", RolloutMeans::length, "tokens per completion", Theme::before));
    return Pictures.curves(
        "updates",
        word + ", update by update",
        "Means over each rollout batch, before the policy learns from it. A reward model's score is"
            + " in standard deviations of its training scores."
            + (hasGold() ? " The gold score has points of its own, 5.3 at most." : ""),
        300,
        hasGold() ? 2 : 3,
        panels);
  }

  /** The reward and, where there is one, the gold score. */
  private List<Panel> worth(String along, ToDoubleFunction<RolloutMeans> x, Look look) {
    double[] xs = all(x);
    double[][] score = {xs, all(RolloutMeans::score)};
    double[][] gold = {xs, all(RolloutMeans::gold)};
    Panel reward = Panel.of("Reward", along, "score", score, look, Theme::policy);
    return hasGold()
        ? List.of(reward, Panel.of("Gold", along, "gold score", gold, look, Theme::gold))
        : List.of(reward);
  }

  private Panel byUpdate(
      String title,
      ToDoubleFunction<RolloutMeans> value,
      String unit,
      Function<Theme, Color> color) {
    double[][] points = {all(RolloutMeans::update), all(value)};
    return Panel.of(title, "update", unit, points, LINE, color);
  }

  private List<Panel> learning() {
    var metrics = new MetricCurves(stage);
    List<Panel> panels = new ArrayList<>();
    for (Metric metric : METRICS) {
      double[][] curve = metrics.curve("update", metric.key(), 0);
      if (curve[0].length >= 2) {
        curve[0] = DoubleStream.of(curve[0]).map(update -> update + 1).toArray();
        panels.add(Panel.of(metric.title(), "update", metric.unit(), curve, LINE, metric.color()));
      }
    }
    return panels;
  }

  private double[] all(ToDoubleFunction<RolloutMeans> value) {
    return updates.stream().mapToDouble(value).toArray();
  }
}
