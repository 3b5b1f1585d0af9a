package org.rlaif.training.stages;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.rlaif.kit.pages.Charts.Amount;
import org.rlaif.kit.pages.Charts.Axis;
import org.rlaif.kit.pages.Pictures;
import org.rlaif.kit.pages.Theme;
import org.rlaif.model.ModelFolder;
import org.rlaif.model.PromptEncoder;
import org.rlaif.training.config.RewardConfig;
import org.rlaif.training.config.RunConfig;
import org.rlaif.training.offline.PreferenceFigures;
import org.rlaif.training.offline.RegressionFigures;
import org.rlaif.training.offline.RegressionFigures.Attribute;
import org.rlaif.training.offline.RewardRegression;
import org.rlaif.training.report.ReportPart;
import org.rlaif.training.run.Estimate;
import org.rlaif.training.run.Product;
import org.rlaif.training.run.Run;
import org.rlaif.training.run.RunContext;
import org.rlaif.training.run.Sizes;
import org.rlaif.training.run.Stage;

/** Trains the reward model on ratings, in the place of {@link RewardStage}. */
record RegressionStage(RunConfig config, RewardConfig reward) implements Stage<RegressionFigures> {
  @Override
  public About<RegressionFigures> about() {
    return new About<>(
        "reward",
        "Trains the reward model on ratings.",
        RegressionFigures.class,
        Product.REWARD,
        List.of("correlation", "loss", "unrated"));
  }

  @Override
  public Object settings() {
    return reward;
  }

  @Override
  public Estimate estimate(Run run, Sizes sizes) {
    long parameters = sizes.rewardParameters();
    return new Estimate(
        reward.epochs() + " epochs of " + reward.batch() + " completions a step",
        0,
        "reward " + Sizes.count(parameters),
        sizes.weights(parameters)
            + sizes.training(/* scores= */ true)
            + sizes.activations(reward.microbatch(), reward.batch(), false));
  }

  @Override
  public RegressionFigures work(RunContext context, Path out) {
    Run run = context.run();
    try (ModelFolder start = ModelFolder.open(run.path(Product.START))) {
      return RewardRegression.run(
          reward,
          config.model().adapter(),
          start,
          LabelStage.readRated(run, PromptEncoder.of(start)),
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
  public void report(RegressionFigures figures, Run run, ReportPart part) {
    part.story(
        "a reward model learned from ratings of %d attributes"
            .formatted(reward.attributes().size()));
    Double correlation = figures.correlation();
    String held = ReportPart.count(figures.heldOut()) + " held-out completions";
    if (correlation == null) {
      part.closing("Whether the reward model agrees with held-out ratings is not known.");
    } else {
      part.closing(
          "The reward model's score and held-out ratings correlate by %s."
              .formatted(decimal(correlation)));
      part.card(decimal(correlation), "reward model correlation", "with the ratings of " + held);
    }
    figures.attributes().forEach((name, each) -> part.fact("Ratings of " + name, words(each)));
    List<Amount> bars = new ArrayList<>();
    figures.attributes().forEach((name, each) -> add(bars, name, each));
    if (!bars.isEmpty()) {
      double least = bars.stream().mapToDouble(Amount::value).min().orElse(0);
      part.picture(
          Pictures.rows(
              "attributes",
              "What the reward model knows of each attribute",
              "Correlation of its predictions with the ratings of "
                  + held
                  + ", and what the attribute counts in the score. 1 is all there is to know, and"
                  + " 0, the dashed line, nothing.",
              new Axis("correlation", Math.min(0, least), 1, 0),
              bars));
    }
    PreferenceFigures pairs = figures.pairs();
    if (pairs != null) {
      RewardStage.accuracies(part, pairs, null, "the reward model");
    }
    RewardPictures.loss(
            run.folder().stage(name()),
            "Squared error of all ratings, each in deviations of its attribute; 1 is what their"
                + " means alone would have.",
            "loss (squared deviations)")
        .ifPresent(part::picture);
  }

  private static void add(List<Amount> bars, String name, Attribute each) {
    Double correlation = each.correlation();
    if (correlation != null) {
      String label = String.format(Locale.ROOT, "%s × %s  %.2f", name, weight(each), correlation);
      bars.add(new Amount(label, correlation, Double.NaN, Double.NaN, Theme::policy));
    }
  }

  /** For example {@code × -0.4; correlation 0.81, squared error 0.12 of 0.49, held out: 400}. */
  private static String words(Attribute each) {
    Double error = each.squaredError();
    Double correlation = each.correlation();
    return "× %s; correlation %s, squared error %s of %s, held out: %s"
        .formatted(
            weight(each),
            correlation == null ? "unknown" : decimal(correlation),
            error == null ? "unknown" : decimal(error),
            decimal(each.standardDeviation() * each.standardDeviation()),
            ReportPart.count(each.n()));
  }

  private static String weight(Attribute each) {
    String weight = String.valueOf(each.weight());
    return weight.endsWith(".0") ? weight.substring(0, weight.length() - 2) : weight;
  }

  private static String decimal(double number) {
    return String.format(Locale.ROOT, "%.2f", number);
  }
}
