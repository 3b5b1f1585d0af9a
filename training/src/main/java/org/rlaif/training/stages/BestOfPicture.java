package org.rlaif.training.stages;

import static org.rlaif.kit.pages.Charts.Look.MARKS;
import static org.rlaif.kit.pages.Charts.Look.TRAIL;

import java.awt.Color;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.rlaif.kit.pages.Charts.Line;
import org.rlaif.kit.pages.Charts.Panel;
import org.rlaif.kit.pages.Picture;
import org.rlaif.kit.pages.Pictures;
import org.rlaif.kit.pages.Theme;
import org.rlaif.training.config.Algorithm;
import org.rlaif.training.evaluation.BestOfN;
import org.rlaif.training.evaluation.EvaluationFigures;

/** How far choosing gets, beside how far training has got. */
final class BestOfPicture {
  private BestOfPicture() {}

  /**
   * Of an evaluation that has looked at the best of some; nothing, if it has not.
   *
   * @param start what the policy that the training started from is called
   */
  static Optional<Picture> of(EvaluationFigures figures, Algorithm algorithm, String start) {
    List<BestOfN.Figures> bestOf = figures.bestOf();
    if (bestOf.isEmpty()) {
      return Optional.empty();
    }
    String policy = algorithm.word().toUpperCase(Locale.ROOT).replace('_', ' ');
    List<Panel> panels = new ArrayList<>();
    panels.add(
        panel(
            "wins over " + start + " (%)",
            bestOf,
            figures.kl(),
            policy,
            100 * figures.winRate().policyVsSft().value(),
            each -> 100 * each.winRate(),
            Theme::policy));
    EvaluationFigures.ByModel gold = figures.gold();
    if (gold != null) {
      panels.add(
          panel(
              "gold score",
              bestOf,
              figures.kl(),
              policy,
              gold.policy(),
              BestOfPicture::gold,
              Theme::gold));
    }
    EvaluationFigures.ByModel score = figures.score();
    if (score != null) {
      panels.add(
          panel(
              "reward model's score",
              bestOf,
              figures.kl(),
              policy,
              score.policy(),
              BestOfN.Figures::score,
              Theme::policy));
    }
    return Optional.of(
        Pictures.curves(
            "best-of",
            "The best of n, chosen by the reward model",
            "Of "
                + bestOf.stream()
                    .map(each -> String.valueOf(each.n()))
                    .collect(Collectors.joining(", "))
                + " completions of "
                + start
                + " the one with the highest score, a mean over all choices of so many of those"
                + " that were sampled, and the trained policy, over the KL to "
                + start
                + ". That of the best of n is at most log n - (n - 1) / n.",
            300,
            panels.size(),
            panels));
  }

  private static double gold(BestOfN.Figures figures) {
    Double gold = figures.gold();
    return gold == null ? Double.NaN : gold;
  }

  private static Panel panel(
      String what,
      List<BestOfN.Figures> bestOf,
      double klOfPolicy,
      String policy,
      double ofPolicy,
      ToDoubleFunction<BestOfN.Figures> value,
      Function<Theme, Color> color) {
    double[] kl = bestOf.stream().mapToDouble(BestOfN.Figures::kl).toArray();
    double[] values = bestOf.stream().mapToDouble(value).toArray();
    return new Panel(
        "",
        "KL (nats)",
        what,
        List.of(
            new Line("best of n", kl, values, TRAIL, color),
            new Line(
                policy, new double[] {klOfPolicy}, new double[] {ofPolicy}, MARKS, Theme::before)));
  }
}
