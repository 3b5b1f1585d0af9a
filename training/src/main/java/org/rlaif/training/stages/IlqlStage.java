package org.rlaif.training.stages;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.rlaif.kit.UserError;
import org.rlaif.model.ModelFolder;
import org.rlaif.model.PromptEncoder;
import org.rlaif.training.config.IlqlConfig;
import org.rlaif.training.config.RunConfig;
import org.rlaif.training.offline.Ilql;
import org.rlaif.training.report.ReportPart;
import org.rlaif.training.run.Estimate;
import org.rlaif.training.run.Product;
import org.rlaif.training.run.Run;
import org.rlaif.training.run.RunContext;
import org.rlaif.training.run.Sizes;
import org.rlaif.training.run.Stage;

/** Teaches what every token is worth, and the policy to write those that are worth more. */
record IlqlStage(RunConfig config, IlqlConfig ilql) implements Stage<Ilql.Figures> {
  @Override
  public About<Ilql.Figures> about() {
    return new About<>(
        config.algorithm().word(),
        "Teaches what every next token is worth, and shifts the policy by it.",
        Ilql.Figures.class,
        Product.POLICY,
        List.of("heldOut.areaUnderCurve", "steps"));
  }

  @Override
  public Object settings() {
    return ilql;
  }

  @Override
  public void check(Run run) {
    UserError.require(
        !config.model().adapter().wanted(),
        "model.adapter.rank",
        config.model().adapter().rank(),
        "0 with algorithm: ilql, whose policy has a language-model head of its own");
  }

  @Override
  public Estimate estimate(Run run, Sizes sizes) {
    return new Estimate(
        ilql.epochs() + " epochs of " + ilql.batch() + " completions a step",
        0,
        "policy " + Sizes.count(sizes.parameters()) + " under five heads",
        sizes.weights(sizes.parameters())
            + sizes.training(/* scores= */ false)
            + sizes.copies(ilql.keepBest() ? 2 : 0)
            + 3 * sizes.activations(ilql.microbatch(), ilql.batch(), true));
  }

  @Override
  public Ilql.Figures work(RunContext context, Path out) {
    Run run = context.run();
    try (ModelFolder start = ModelFolder.open(run.path(Product.START))) {
      return Ilql.run(
          ilql,
          start,
          LabelStage.readCompletions(run, PromptEncoder.of(start)),
          run.seed(name()),
          context.device(),
          context.checkpoints(),
          out);
    }
  }

  @Override
  public void report(Ilql.Figures figures, Run run, ReportPart part) {
    part.story("implicit Q-learning taught it what every next token is worth");
    part.fact("ILQL steps", ReportPart.count(figures.steps()));
    part.fact("ILQL completions", ReportPart.count(figures.completions()));
    Double area = figures.heldOut().areaUnderCurve();
    if (area != null) {
      part.card(
          String.format(Locale.ROOT, "%.2f", area),
          "area under the curve",
          "Q at the end of held-out completions");
    }
  }
}
