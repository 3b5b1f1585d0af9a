package org.rlaif.training.stages;

import static org.rlaif.kit.pages.Charts.Look.LINE;

import java.awt.Color;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.rlaif.kit.pages.Charts.Line;
import org.rlaif.kit.pages.Charts.Panel;
import org.rlaif.kit.pages.Picture;
import org.rlaif.kit.pages.Pictures;
import org.rlaif.kit.pages.Theme;
import org.rlaif.training.report.MetricCurves;

/** What a policy that learns without a reward model thinks of good and bad completions. */
final class ImplicitRewards {
  private ImplicitRewards() {}

  /**
   * Its rewards of both, step by step; nothing if there are too few steps.
   *
   * @param stage the folder with the metrics
   */
  static Optional<Picture> picture(Path stage) {
    var metrics = new MetricCurves(stage);
    double[][] chosen = metrics.curve("step", "rewards/chosen", 0);
    double[][] rejected = metrics.curve("step", "rewards/rejected", 0);
    if (chosen[0].length < 2 || rejected[0].length < 2) {
      return Optional.empty();
    }
    return Optional.of(
        Pictures.curves(
            "implicit-rewards",
            "The policy's implicit rewards, step by step",
            "beta times the log-ratio of policy and reference, of the completions that the labels"
                + " prefer and of the others, each the mean of a batch, smoothed. What counts is"
                + " the distance. Where both fall, the policy moves away from both kinds, and"
                + " writes something else instead.",
            300,
            1,
            List.of(
                new Panel(
                    "",
                    "step",
                    "implicit reward",
                    List.of(
                        line("better", chosen, Theme::policy),
                        line("worse", rejected, Theme::before))))));
  }

  private static Line line(String name, double[][] points, Function<Theme, Color> color) {
    return new Line(name, points[0], MetricCurves.smooth(points[1]), LINE, color);
  }
}
