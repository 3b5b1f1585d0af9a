package org.rlaif.training.stages;

import java.awt.Color;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.rlaif.kit.Interval;
import org.rlaif.kit.pages.Charts.Amount;
import org.rlaif.kit.pages.Pictures;
import org.rlaif.kit.pages.Theme;
import org.rlaif.model.ModelFolder;
import org.rlaif.model.PromptEncoder;
import org.rlaif.training.config.RewardConfig;
import org.rlaif.training.config.RunConfig;
import org.rlaif.training.offline.EnsembleFigures;
import org.rlaif.training.offline.PreferenceBins;
import org.rlaif.training.offline.PreferenceFigures;
import org.rlaif.training.offline.RewardModelFigures;
import org.rlaif.training.offline.RewardModelTraining;
import org.rlaif.training.report.ReportPart;
import org.rlaif.training.run.Estimate;
import org.rlaif.training.run.Product;
import org.rlaif.training.run.Run;
import org.rlaif.training.run.RunContext;
import org.rlaif.training.run.Sizes;
import org.rlaif.training.run.Stage;

/** Trains the reward model on the preferences. */
record RewardStage(RunConfig config, RewardConfig reward) implements Stage<RewardModelFigures> {
  /** An interval that is worth a word. */
  private static final double WIDE = 0.1;

  @Override
  public About<RewardModelFigures> about() {
    return new About<>(
        "reward",
        "Trains the reward model on the preferences.",
        RewardModelFigures.class,
        Product.REWARD,
        List.of("accuracy", "decided"));
  }

  @Override
  public Object settings() {
    return reward;
  }

  @Override
  public Estimate estimate(Run run, Sizes sizes) {
    long parameters = sizes.rewardParameters();
    return new Estimate(
        reward.epochs()
            + " epochs of "
            + reward.batch()
            + " pairs a step"
            + (reward.members() > 1 ? ", " + reward.members() + " times" : ""),
        0,
        "reward " + Sizes.count(parameters),
        sizes.weights(parameters)
            + sizes.training(/* scores= */ true)
            + 2 * sizes.activations(reward.microbatch(), reward.batch(), false));
  }

  @Override
  public RewardModelFigures work(RunContext context, Path out) {
    Run run = context.run();
    try (ModelFolder start = ModelFolder.open(run.path(Product.START))) {
      return RewardModelTraining.run(
          reward,
          config.model().adapter(),
          start,
          LabelStage.read(run, PromptEncoder.of(start)),
          run.seed("reward"),
          context.device(),
          context.checkpoints(),
          out);
    }
  }

  @Override
  public String section() {
    return "rewardModel";
  }

  @Override
  public void report(RewardModelFigures figures, Run run, ReportPart part) {
    PreferenceFigures held = figures.heldOut();
    part.story("a reward model learned from the preferences");
    Double accuracy = held.accuracy();
    if (accuracy == null) {
      part.closing("The reward model agrees with none of the held-out labels, which are all ties.");
    } else {
      Interval interval = Interval.ofShare(accuracy, held.decided());
      String range = ReportPart.range(interval.low(), interval.high());
      boolean isWide = interval.high() - interval.low() >= WIDE; // few labels leave much open
      part.closing(
          "The reward model agrees with %s of the held-out labels%s."
              .formatted(
                  ReportPart.percent(accuracy),
                  isWide ? " (%s, as there are %d)".formatted(range, held.decided()) : ""));
      part.card(
          ReportPart.percent(accuracy),
          "reward model accuracy",
          "95 %%: %s, on %s held-out labels".formatted(range, ReportPart.count(held.decided())));
    }
    EnsembleFigures ensemble = figures.ensemble();
    if (ensemble != null) {
      ensemble(part, ensemble);
    }
    accuracies(part, held, figures.train(), "the reward model");
    PreferenceBins bins = figures.bins();
    if (bins != null && !bins.margins().isEmpty()) {
      part.fact(
          "Calibration error of the reward model", ReportPart.percent(bins.calibrationError()));
      part.picture(RewardPictures.of(bins));
    }
    RewardPictures.loss(
            run.folder().stage(name()),
            reward.plain()
                ? "Its cross-entropy with the labels; 0.693 is what a coin has."
                : "What it minimises, as reward.loss and reward.centring say.",
            "loss (nats per pair)")
        .ifPresent(part::picture);
  }

  private static void ensemble(ReportPart part, EnsembleFigures ensemble) {
    part.fact("Reward models", ReportPart.count(ensemble.members().size()));
    Double accuracy = ensemble.accuracy();
    if (accuracy != null) {
      DoubleSummaryStatistics alone =
          ensemble.members().stream()
              .map(PreferenceFigures::accuracy)
              .flatMap(Stream::ofNullable)
              .mapToDouble(Double::doubleValue)
              .summaryStatistics();
      part.card(
          ReportPart.percent(accuracy),
          "accuracy of the ensemble's mean",
          "each alone: " + ReportPart.range(alone.getMin(), alone.getMax()));
    }
  }

  /**
   * Draws how often scores agree with labels, unless all of these are ties.
   *
   * @param train on the pairs that were learned from, if that is known
   */
  static void accuracies(
      ReportPart part, PreferenceFigures heldOut, @Nullable PreferenceFigures train, String who) {
    List<Amount> amounts = new ArrayList<>();
    if (train != null) {
      add(amounts, "training", train.accuracy(), train.decided(), Theme::before);
    }
    add(amounts, "held out", heldOut.accuracy(), heldOut.decided(), Theme::policy);
    add(amounts, "confident", heldOut.accuracyConfident(), heldOut.confident(), Theme::policy);
    if (!amounts.isEmpty()) {
      part.picture(
          Pictures.shares(
              "accuracy",
              "How often " + who + " agrees with the labels",
              "Share of pairs in which the completion preferred by the label has the higher"
                  + " score, with 95 % intervals: of those that it learned from, of those held"
                  + " out, and of the confident ones among these, at least 0.2 away from even."
                  + " The dashed line is what a coin would reach.",
              "accuracy (%)",
              amounts));
    }
  }

  private static void add(
      List<Amount> amounts,
      String label,
      @Nullable Double share,
      int n,
      Function<Theme, Color> color) {
    if (share != null && n > 0) {
      Interval interval = Interval.ofShare(share, n);
      amounts.add(Amount.share(label, share, interval.low(), interval.high(), color));
    }
  }
}
