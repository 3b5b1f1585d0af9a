package org.rlaif.training.stages;

import static org.rlaif.kit.pages.Charts.Look.MARKS;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.rlaif.kit.Example;
import org.rlaif.kit.pages.Charts.Line;
import org.rlaif.kit.pages.Charts.Panel;
import org.rlaif.kit.pages.Pictures;
import org.rlaif.kit.pages.Theme;
import org.rlaif.model.PromptEncoder;
import org.rlaif.model.text.Tokenizer;
import org.rlaif.training.config.RunConfig;
import org.rlaif.training.config.SftConfig;
import org.rlaif.training.data.ContextFilter;
import org.rlaif.training.offline.Sft;
import org.rlaif.training.report.MetricCurves;
import org.rlaif.training.report.ReportPart;
import org.rlaif.training.run.Estimate;
import org.rlaif.training.run.Product;
import org.rlaif.training.run.Run;
import org.rlaif.training.run.RunContext;
import org.rlaif.training.run.Sizes;
import org.rlaif.training.run.Stage;

/** Fine-tunes the policy on the examples. */
record SftStage(RunConfig config, SftConfig sft) implements Stage<Sft.Figures> {
  @Override
  public About<Sft.Figures> about() {
    return new About<>(
        "sft",
        "Fine-tunes the policy on the examples.",
        Sft.Figures.class,
        Product.START,
        List.of("validationLoss", "endProbability"));
  }

  @Override
  public Object settings() {
    List<Object> settings = new ArrayList<>(List.of(sft));
    settings.addAll(Beginning.settings(config));
    return settings;
  }

  @Override
  public Estimate estimate(Run run, Sizes sizes) {
    return new Estimate(
        sft.steps() + " steps of " + sft.batch(),
        0,
        "policy " + Sizes.count(sizes.parameters()),
        sizes.weights(sizes.parameters())
            + sizes.training(/* scores= */ false)
            + sizes.copies(sft.keepBest() ? 2 : 0)
            + sizes.activations(sft.microbatch(), sft.batch(), true));
  }

  @Override
  public Sft.Figures work(RunContext context, Path out) {
    Run run = context.run();
    try (Tokenizer tokenizer = Tokenizer.open(run.tokenizerJson())) {
      ContextFilter filter = run.filter(PromptEncoder.of(run.tokenizerJson(), tokenizer));
      List<Example> train = filter.examples(run.data().train());
      List<Example> validation = filter.examples(run.data().validation());
      return Sft.run(
          sft,
          config.model(),
          run.tokenizerJson(),
          new Sft.Examples(train, validation, filter.dropped(), filter.apart()),
          run.seed("sft"),
          context.device(),
          context.checkpoints(),
          out);
    }
  }

  @Override
  public void report(Sft.Figures figures, Run run, ReportPart part) {
    part.story(
        "a policy was fine-tuned on "
            + (run.isGenerated()
                ? "generated forum posts with TL;DRs"
                : String.join(", ", config.data().files())));
    part.fact("Training examples", ReportPart.count(figures.examples()));
    part.fact("Policy", ReportPart.count(figures.parameters()) + " parameters");
    part.fact("SFT steps", ReportPart.count(figures.steps()));

    // The first fall hides all that follows.
    double from = figures.steps() >= 100 ? Math.ceil(0.1 * figures.steps()) : 0;
    var metrics = new MetricCurves(run.folder().stage(name()));
    double[][] batches = metrics.curve("step", "loss", from);
    double[][] held = metrics.curve("step", "validationLoss", from);
    if (batches[0].length < 2 || held[0].length < 1) {
      return;
    }
    List<Line> lines = new ArrayList<>(MetricCurves.ofBatches(batches, Theme::before));
    lines.add(new Line("validation", held[0], held[1], MARKS, Theme::policy));
    part.picture(
        Pictures.curves(
            "sft",
            "SFT, step by step",
            "Loss in nats per token of a completion, on training batches and on validation prompts"
                + " that are never trained on"
                + (from > 0 ? ", from step " + Math.round(from) + " on." : "."),
            300,
            1,
            List.of(new Panel("", "step", "loss (nats per token)", lines))));
  }
}
