package org.rlaif.training.report;

import static org.rlaif.training.report.Charts.Look.FAINT;
import static org.rlaif.training.report.Charts.Look.LINE;
import static org.rlaif.training.report.Charts.Look.MARKS;
import static org.rlaif.training.report.Charts.Look.TRAIL;

import java.awt.Color;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.knowm.xchart.XYChart;
import org.rlaif.training.report.Charts.Curve;
import org.rlaif.training.report.RunFiles.Update;

/** Pictures of what happened step by step; empty where the run has no figures. */
final class CurvePictures {
  private static final int HEIGHT = 300;

  private final RunFiles run;

  CurvePictures(RunFiles run) {
    this.run = run;
  }

  Optional<Picture> scoreAgainstKl() {
    List<Update> updates = run.updates();
    if (updates.size() < 2) {
      return Optional.empty();
    }
    boolean gold = !Double.isNaN(updates.get(0).gold());
    return Optional.of(
        new Picture(
            "score-kl",
            gold ? "Reward and gold score against KL" : "Reward against KL",
            "Each point is one PPO update: how far the policy has moved from the reference, and"
                + " what its completions are worth."
                + (gold
                    ? " First by the reward model, which PPO sees, then by the gold score, which it"
                        + " does not. Where the first still rises and the second falls, the"
                        + " policy exploits the reward model."
                    : ""),
            (theme, room) -> {
              int width = room.share(gold ? 2 : 1);
              List<XYChart> panels = new ArrayList<>();
              panels.add(
                  againstKl(
                      theme,
                      width,
                      "Reward model",
                      "score",
                      updates,
                      Update::score,
                      theme.policy()));
              if (gold) {
                panels.add(
                    againstKl(
                        theme, width, "Gold", "gold score", updates, Update::gold, theme.gold()));
              }
              return panels;
            }));
  }

  private static XYChart againstKl(
      Theme theme,
      int width,
      String title,
      String name,
      List<Update> updates,
      ToDoubleFunction<Update> value,
      Color color) {
    return Charts.curves(
        theme,
        width,
        HEIGHT,
        title,
        "KL to the reference (nats per completion)",
        name,
        List.of(new Curve(name, all(updates, Update::kl), all(updates, value), TRAIL, color)));
  }

  Optional<Picture> updates() {
    List<Update> updates = run.updates();
    if (updates.size() < 2) {
      return Optional.empty();
    }
    boolean gold = !Double.isNaN(updates.get(0).gold());
    return Optional.of(
        new Picture(
            "ppo",
            "PPO, update by update",
            "Means over each rollout batch, before the policy learns from it. The score is in"
                + " standard deviations of the reward model's training scores."
                + (gold ? " The gold score has points of its own, 5.3 at most." : ""),
            (theme, room) -> {
              int width = room.share(gold ? 2 : 3);
              List<XYChart> panels = new ArrayList<>();
              panels.add(
                  byUpdate(
                      theme,
                      width,
                      "Reward model",
                      "score",
                      updates,
                      Update::score,
                      theme.policy()));
              if (gold) {
                panels.add(
                    byUpdate(
                        theme, width, "Gold", "gold score", updates, Update::gold, theme.gold()));
              }
              panels.add(
                  byUpdate(
                      theme,
                      width,
                      "KL to the reference",
                      "nats per completion",
                      updates,
                      Update::kl,
                      theme.divergence()));
              panels.add(
                  byUpdate(
                      theme,
                      width,
                      "Length",
                      "tokens per completion",
                      updates,
                      Update::length,
                      theme.before()));
              return panels;
            }));
  }

  /** What the optimiser saw, from the metrics of PPO. */
  Optional<Picture> learning() {
    List<Metric> there =
        Stream.of(
                new Metric("policyLoss", "Policy loss", "loss", Theme::policy),
                new Metric("valueLoss", "Value loss", "loss", Theme::before),
                new Metric("explainedVariance", "Explained variance", "share", Theme::before),
                new Metric("entropy", "Entropy", "nats per token", Theme::policy),
                new Metric("clipFraction", "Clip fraction", "share of tokens", Theme::divergence),
                new Metric("approximateKl", "KL of an update", "nats per token", Theme::divergence))
            .filter(metric -> run.curve("ppo", "update", metric.key())[0].length >= 2)
            .toList();
    if (there.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new Picture(
            "ppo-learning",
            "What PPO's optimiser saw",
            "Means over the minibatches of each update. Entropy that falls to nothing means"
                + " completions that are all alike; a clip fraction or a KL that grows, steps that"
                + " are too large. An explained variance of 1 is a value network that foresees"
                + " every return, 0 one that knows their mean.",
            (theme, room) ->
                there.stream().map(metric -> byUpdate(theme, room.share(3), metric)).toList()));
  }

  /** A figure of {@code metrics.jsonl}. */
  private record Metric(String key, String title, String unit, Function<Theme, Color> color) {}

  private XYChart byUpdate(Theme theme, int width, Metric metric) {
    double[][] curve = run.curve("ppo", "update", metric.key());
    double[] numbers = DoubleStream.of(curve[0]).map(update -> update + 1).toArray();
    Color color = metric.color().apply(theme);
    List<Curve> curves = List.of(new Curve(metric.title(), numbers, curve[1], LINE, color));
    return Charts.curves(theme, width, 240, metric.title(), "update", metric.unit(), curves);
  }

  private static XYChart byUpdate(
      Theme theme,
      int width,
      String title,
      String unit,
      List<Update> updates,
      ToDoubleFunction<Update> value,
      Color color) {
    return Charts.curves(
        theme,
        width,
        HEIGHT,
        title,
        "update",
        unit,
        List.of(new Curve(title, all(updates, Update::number), all(updates, value), LINE, color)));
  }

  Optional<Picture> losses() {
    double steps = run.number("sft", "steps");
    double from =
        steps >= 100 ? Math.ceil(0.1 * steps) : 0; // the first fall hides all that follows
    double[][] train = from(run.curve("sft", "step", "loss"), from);
    double[][] validation = from(run.curve("sft", "step", "validationLoss"), from);
    double[][] reward = run.curve("reward", "step", "loss");
    if (train[0].length < 2 || validation[0].length < 1 || reward[0].length < 2) {
      return Optional.empty();
    }
    return Optional.of(
        new Picture(
            "losses",
            "Loss curves",
            "SFT, in nats per token of a completion, on training batches and on validation prompts"
                + " that are never trained on"
                + (from > 0 ? ", from step " + Math.round(from) + " on" : "")
                + ". Then the reward model's cross-entropy with its labels;"
                + " 0.693 is what a coin has.",
            (theme, room) ->
                List.of(
                    Charts.curves(
                        theme,
                        room.share(2),
                        HEIGHT,
                        "SFT",
                        "step",
                        "loss (nats per token)",
                        List.of(
                            new Curve("batches", train[0], train[1], FAINT, theme.before()),
                            new Curve(
                                "running mean", train[0], smooth(train[1]), LINE, theme.before()),
                            new Curve(
                                "validation",
                                validation[0],
                                validation[1],
                                MARKS,
                                theme.policy()))),
                    Charts.curves(
                        theme,
                        room.share(2),
                        HEIGHT,
                        "Reward model",
                        "step",
                        "loss (nats per pair)",
                        List.of(
                            new Curve("batches", reward[0], reward[1], FAINT, theme.before()),
                            new Curve(
                                "running mean",
                                reward[0],
                                smooth(reward[1]),
                                LINE,
                                theme.policy()))))));
  }

  private static double[] all(List<Update> updates, ToDoubleFunction<Update> value) {
    return updates.stream().mapToDouble(value).toArray();
  }

  /** The part of a curve whose x is at least {@code from}. */
  private static double[][] from(double[][] curve, double from) {
    int[] kept = IntStream.range(0, curve[0].length).filter(i -> curve[0][i] >= from).toArray();
    return new double[][] {
      IntStream.of(kept).mapToDouble(i -> curve[0][i]).toArray(),
      IntStream.of(kept).mapToDouble(i -> curve[1][i]).toArray()
    };
  }

  /** Mean over the points around each, a tenth of the curve in all. */
  private static double[] smooth(double[] values) {
    int reach = Math.max(1, values.length / 20);
    return IntStream.range(0, values.length)
        .mapToDouble(
            i ->
                IntStream.rangeClosed(
                        Math.max(0, i - reach), Math.min(values.length - 1, i + reach))
                    .mapToDouble(j -> values[j])
                    .average()
                    .orElseThrow())
        .toArray();
  }
}
