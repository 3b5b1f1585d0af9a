package org.rlaif.training.stages;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.rlaif.kit.Example;
import org.rlaif.kit.Prompt;
import org.rlaif.model.PromptEncoder;
import org.rlaif.model.text.Tokenizer;
import org.rlaif.training.config.CandidatesConfig;
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

  @Override
  public About<CandidateSampling.Figures> about() {
    return new About<>(
        "candidates",
        "Samples completions to be judged from the SFT policy.",
        CandidateSampling.Figures.class,
        Product.CANDIDATES,
        List.of("sequences", "meanTokens", "leftOut"));
  }

  @Override
  public Object settings() {
    return config;
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
          different(filter.prompts(run.data().train(), config.maxTokens()), run.seed("candidates"));
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

  /** One example for each prompt, in an order of the seed. */
  static List<Example> different(List<Example> examples, long seed) {
    Map<Prompt, Example> byPrompt = new LinkedHashMap<>();
    examples.forEach(each -> byPrompt.putIfAbsent(each.prompt(), each));
    List<Example> shuffled = new ArrayList<>(byPrompt.values());
    Collections.shuffle(shuffled, new Random(seed));
    return shuffled;
  }
}
