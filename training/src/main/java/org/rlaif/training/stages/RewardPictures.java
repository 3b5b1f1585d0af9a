package org.rlaif.training.stages;

import java.awt.Color;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.rlaif.kit.pages.Charts.Line;
import org.rlaif.kit.pages.Charts.Look;
import org.rlaif.kit.pages.Charts.Panel;
import org.rlaif.kit.pages.Picture;
import org.rlaif.kit.pages.Pictures;
import org.rlaif.kit.pages.Theme;
import org.rlaif.training.offline.PreferenceBins;
import org.rlaif.training.offline.PreferenceBins.Calibration;
import org.rlaif.training.offline.PreferenceBins.Confidence;
import org.rlaif.training.offline.PreferenceBins.Margin;
import org.rlaif.training.report.MetricCurves;

/**
 * How a reward model learned, and where it agrees with held-out labels: margins, calibration,
 * confidence.
 */
final class RewardPictures {
  private RewardPictures() {}

  /**
   * All three side by side.
   *
   * @param bins with a decided pair at least
   */
  static Picture of(PreferenceBins bins) {
    return Pictures.curves(
        "margins",
        "Where it agrees",
        "Held-out pairs. Left: how many there are by the margin, the score of the completion that"
            + " the label prefers less that of the other; grey ones are wrong. Middle: the labels'"
            + " mean where the model says so and so much; on the grey line it is as sure as they"
            + " are. Right: how often it is right where the labels are how sure.",
        280,
        3,
        List.of(margins(bins.margins()), calibration(bins), confidence(bins.confidence())));
  }

  /**
   * What it minimised; nothing, if it was only once.
   *
   * @param stage its folder
   * @param unit of the loss
   */
  static Optional<Picture> loss(Path stage, String caption, String unit) {
    double[][] loss = new MetricCurves(stage).curve("step", "loss", 0);
    if (loss[0].length < 2) {
      return Optional.empty();
    }
    List<Line> lines = MetricCurves.ofBatches(loss, Theme::policy);
    return Optional.of(
        Pictures.curves(
            "reward",
            "The reward model, step by step",
            caption,
            300,
            1,
            List.of(new Panel("", "step", unit, lines))));
  }

  private static Panel margins(List<Margin> margins) {
    List<Line> lines = new ArrayList<>();
    int half = margins.size() / 2;
    lines.add(steps("wrong", margins.subList(0, half), Theme::before));
    lines.add(steps("right", margins.subList(half, margins.size()), Theme::policy));
    return new Panel("Margins", "margin", "pairs", lines);
  }

  /** The outline of bars. */
  private static Line steps(String name, List<Margin> bars, Function<Theme, Color> color) {
    double[] x = new double[2 * bars.size() + 2];
    double[] y = new double[x.length];
    x[0] = bars.get(0).from();
    for (int i = 0; i < bars.size(); i++) {
      Margin bar = bars.get(i);
      x[2 * i + 1] = bar.from();
      x[2 * i + 2] = bar.to();
      y[2 * i + 1] = bar.n();
      y[2 * i + 2] = bar.n();
    }
    x[x.length - 1] = bars.get(bars.size() - 1).to();
    return new Line(name, x, y, Look.LINE, color);
  }

  private static Panel calibration(PreferenceBins bins) {
    double[] ends = {0, 1};
    double[] model = bins.calibration().stream().mapToDouble(Calibration::model).toArray();
    double[] label = bins.calibration().stream().mapToDouble(Calibration::label).toArray();
    return new Panel(
        "Calibration",
        "P(first is better), the model",
        "the labels' mean",
        List.of(
            new Line("as sure", ends, ends, Look.FAINT, Theme::before),
            new Line("the model", model, label, Look.TRAIL, Theme::policy)));
  }

  private static Panel confidence(List<Confidence> bins) {
    double[][] points = {
      bins.stream().mapToDouble(bin -> (bin.from() + bin.to()) / 2).toArray(),
      bins.stream().mapToDouble(bin -> 100 * bin.accuracy()).toArray()
    };
    return Panel.of(
        "Accuracy",
        "the label's distance from even",
        "accuracy (%)",
        points,
        Look.TRAIL,
        Theme::policy);
  }
}
