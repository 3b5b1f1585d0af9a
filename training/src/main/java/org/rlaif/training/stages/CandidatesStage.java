package org.rlaif.training.stages;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.rlaif.kit.Example;
import org.rlaif.model.PromptEncoder;
import org.rlaif.model.text.Tokenizer;
import org.rlaif.training.config.CandidatesConfig;
import org.rlaif.training.config.RunConfig;
import org.rlaif.training.data.ContextFilter;
import org.rlaif.training.rollouts.CandidateSampling;
import org.rlaif.training.run.Estimate;
import org.rlaif.training.run.Product;
import org.rlaif.training.run.Run;
import org.rlaif.training.run.RunContext;
import org.rlaif.training.run.Servers.Serving;
import org.rlaif.training.run.Sizes;
import org.rlaif.training.run.Stage;

/** Samples completions to be judged from the policy to start from. */
record CandidatesStage(CandidatesConfig config) implements Stage<CandidateSampling.Figures> {
  private static final String PEOPLE = "people have said what is better";

  CandidatesStage(RunConfig run) {
    this(run.candidates());
  }

  @Override
  public String name() {
    return "candidates";
  }

  @Override
  public String description() {
    return "Samples completions to be judged from the SFT policy.";
  }

  @Override
  public Class<CandidateSampling.Figures> figures() {
    return CandidateSampling.Figures.class;
  }

  @Override
  public Object settings() {
    return config;
  }

  @Override
  public Optional<Product> leaves() {
    return Optional.of(Product.CANDIDATES);
  }

  @Override
  public void check(Run run) {
    if (run.asksJudge()) {
      run.requireRoom("candidates.maxTokens", config.maxTokens());
    }
  }

  @Override
  public Estimate estimate(Run run, Sizes sizes) {
    return run.asksJudge()
        ? new Estimate(
            "at most " + config.prompts() + " prompts",
            (long) config.prompts() * config.samples(),
            "policy " + Sizes.count(sizes.parameters()),
            sizes.served(sizes.parameters()) + sizes.cache())
        : new Estimate("none: " + PEOPLE, 0, "", 0);
  }

  @Override
  public CandidateSampling.Figures work(RunContext context, Path out) {
    Run run = context.run();
    if (run.data().hasPreferences()) {
      return CandidateSampling.Figures.none("as " + PEOPLE);
    }
    try (Tokenizer tokenizer = Tokenizer.open(run.tokenizerJson());
        Serving serving = context.serve(Map.of("sft", run.path(Product.START)))) {
      PromptEncoder encoder = PromptEncoder.of(run.tokenizerJson(), tokenizer);
      ContextFilter filter = run.filter(encoder);
      List<Example> prompts =
          Prompts.different(
              filter.prompts(run.data().train(), config.maxTokens()), run.seed("candidates"));
      return CandidateSampling.run(
          config,
          serving.client(),
          run.served("sft"),
          encoder,
          prompts,
          filter.dropped(),
          run.seed("candidates"),
          out);
    }
  }

  @Override
  public List<String> headline() {
    return List.of("sequences", "meanTokens", "leftOut");
  }
}
