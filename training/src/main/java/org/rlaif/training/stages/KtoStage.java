package org.rlaif.training.stages;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.rlaif.model.ModelFolder;
import org.rlaif.model.PromptEncoder;
import org.rlaif.training.config.KtoConfig;
import org.rlaif.training.config.RunConfig;
import org.rlaif.training.offline.Kto;
import org.rlaif.training.offline.PreferenceFigures;
import org.rlaif.training.report.ReportPart;
import org.rlaif.training.run.Estimate;
import org.rlaif.training.run.Product;
import org.rlaif.training.run.Run;
import org.rlaif.training.run.RunContext;
import org.rlaif.training.run.Sizes;
import org.rlaif.training.run.Stage;

/** Teaches the policy which completions are wanted. */
record KtoStage(RunConfig config, KtoConfig kto) implements Stage<Kto.Figures> {
  @Override
  public About<Kto.Figures> about() {
    return new About<>(
        config.algorithm().word(),
        "Teaches the policy which completions are wanted, without a reward model.",
        Kto.Figures.class,
        Product.POLICY,
        List.of("areaUnderCurve", "referencePoint", "steps"));
  }

  @Override
  public Object settings() {
    return kto;
  }

  @Override
  public Estimate estimate(Run run, Sizes sizes) {
    return new Estimate(
        kto.epochs() + " epochs of " + kto.batch() + " completions a step",
        0,
        "policy " + Sizes.count(sizes.parameters()),
        sizes.weights(sizes.parameters())
            + sizes.training(/* scores= */ false)
            + sizes.copies(kto.keepBest() ? 2 : 0)
            + sizes.activations(kto.microbatch(), kto.batch(), true));
  }

  @Override
  public Kto.Figures work(RunContext context, Path out) {
    Run run = context.run();
    try (ModelFolder start = ModelFolder.open(run.path(Product.START))) {
      return Kto.run(
          kto,
          config.model().adapter(),
          start,
          LabelStage.readCompletions(run, PromptEncoder.of(start)),
          run.seed("kto"),
          context.device(),
          context.checkpoints(),
          out);
    }
  }

  @Override
  public void report(Kto.Figures figures, Run run, ReportPart part) {
    part.story("KTO taught the policy which completions are wanted");
    part.fact("KTO steps", ReportPart.count(figures.steps()));
    part.fact(
        "KTO labels",
        String.format(
            Locale.ROOT,
            "%.0f of %d completions wanted%s",
            figures.desirable(),
            figures.completions(),
            figures.weightRatio() == null
                ? ""
                : String.format(Locale.ROOT, ", weights %.2f to 1", figures.weightRatio())));
    PreferenceFigures pairs = figures.pairs();
    if (pairs != null) {
      RewardStage.accuracies(part, pairs, null, "the policy's implicit reward");
    }
    ImplicitRewards.picture(run.folder().stage(name())).ifPresent(part::picture);
  }
}
