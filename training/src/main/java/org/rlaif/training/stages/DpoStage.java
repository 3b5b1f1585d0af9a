package org.rlaif.training.stages;

import java.nio.file.Path;
import java.util.List;
import org.rlaif.model.ModelFolder;
import org.rlaif.model.PromptEncoder;
import org.rlaif.training.config.DpoConfig;
import org.rlaif.training.config.RunConfig;
import org.rlaif.training.offline.Dpo;
import org.rlaif.training.report.ReportPart;
import org.rlaif.training.run.Estimate;
import org.rlaif.training.run.Product;
import org.rlaif.training.run.Run;
import org.rlaif.training.run.RunContext;
import org.rlaif.training.run.Sizes;
import org.rlaif.training.run.Stage;

/** Teaches the policy the preferences as they are. */
record DpoStage(RunConfig config, DpoConfig dpo) implements Stage<Dpo.Figures> {
  @Override
  public About<Dpo.Figures> about() {
    return new About<>(
        config.algorithm().word(),
        "Teaches the policy the preferences, without a reward model.",
        Dpo.Figures.class,
        Product.POLICY,
        List.of("objective", "accuracy", "margin", "steps"));
  }

  @Override
  public Object settings() {
    return dpo;
  }

  @Override
  public Estimate estimate(Run run, Sizes sizes) {
    return new Estimate(
        dpo.epochs() + " epochs of " + dpo.batch() + " pairs a step",
        0,
        "policy " + Sizes.count(sizes.parameters()),
        sizes.weights(sizes.parameters())
            + sizes.training(/* scores= */ false)
            + sizes.copies(dpo.keepBest() ? 2 : 0)
            + 2 * sizes.activations(dpo.microbatch(), dpo.batch(), true));
  }

  @Override
  public Dpo.Figures work(RunContext context, Path out) {
    Run run = context.run();
    try (ModelFolder start = ModelFolder.open(run.path(Product.START))) {
      return Dpo.run(
          dpo,
          config.model().adapter(),
          start,
          LabelStage.read(run, PromptEncoder.of(start)),
          run.seed("dpo"),
          context.device(),
          context.checkpoints(),
          out);
    }
  }

  @Override
  public void report(Dpo.Figures figures, Run run, ReportPart part) {
    part.story("DPO taught the policy the preferences");
    part.fact("DPO steps", ReportPart.count(figures.steps()));
    part.fact("DPO loss", figures.objective());
    RewardStage.accuracies(part, figures.heldOut(), null, "the policy's implicit reward");
    ImplicitRewards.picture(run.folder().stage(name())).ifPresent(part::picture);
  }
}
