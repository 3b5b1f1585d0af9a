package org.rlaif.training.stages;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.rlaif.kit.Example;
import org.rlaif.kit.JsonLines;
import org.rlaif.kit.Prompt;
import org.rlaif.model.ModelFolder;
import org.rlaif.model.PromptEncoder;
import org.rlaif.training.config.EvaluationConfig;
import org.rlaif.training.config.MissingReward;
import org.rlaif.training.config.RunConfig;
import org.rlaif.training.environments.Environment;
import org.rlaif.training.environments.EnvironmentKind;
import org.rlaif.training.evaluation.EpisodeEvaluation;
import org.rlaif.training.evaluation.EpisodeFigures;
import org.rlaif.training.evaluation.EpisodeSample;
import org.rlaif.training.evaluation.EvaluatedModels;
import org.rlaif.training.report.Examples;
import org.rlaif.training.report.ReportPart;
import org.rlaif.training.rollouts.Episodes;
import org.rlaif.training.run.Estimate;
import org.rlaif.training.run.Product;
import org.rlaif.training.run.Run;
import org.rlaif.training.run.RunContext;
import org.rlaif.training.run.Servers.Serving;
import org.rlaif.training.run.Sizes;
import org.rlaif.training.run.Stage;

/** Compares the policy's rewards in its environment with those of where it started. */
record EvaluateEpisodesStage(
    RunConfig config, EvaluationConfig evaluation, EnvironmentKind environment)
    implements Stage<EpisodeFigures> {
  /** Prompts that the report shows. */
  private static final int SHOWN = 20;

  @Override
  public About<EpisodeFigures> about() {
    return new About<>(
        "evaluate",
        "Compares the policy's rewards with those of where it started.",
        EpisodeFigures.class,
        null,
        List.of("reward.sft.value", "reward.policy.value", "kl"));
  }

  @Override
  public Object settings() {
    return List.of(
        evaluation, environment, environment.content(), config.onPolicy().missingReward());
  }

  @Override
  public void check(Run run) {
    run.requireRoom("evaluation.maxTokens", evaluation.maxTokens());
  }

  @Override
  public Estimate estimate(Run run, Sizes sizes) {
    return new Estimate(
        "at most " + evaluation.prompts() + " prompts",
        2L * evaluation.prompts(),
        "start, policy",
        sizes.served(2 * sizes.parameters()) + 2 * sizes.cache());
  }

  @Override
  public EpisodeFigures work(RunContext context, Path out) {
    Run run = context.run();
    Path policyFolder = run.path(Product.POLICY);
    try (ModelFolder start = ModelFolder.open(run.path(Product.START));
        ModelFolder policy = ModelFolder.open(policyFolder);
        Serving serving =
            context.serve(Map.of("sft", run.path(Product.START), "policy", policyFolder));
        Environment open = environment.open()) {
      PromptEncoder encoder = PromptEncoder.of(start);
      var asked = new Asked(run, encoder, open);
      List<Example> test = asked.prompts(run.data().test(), evaluation.maxTokens());
      var names = new EvaluatedModels.Names(run.served("sft"), run.served("policy"));
      return new EpisodeEvaluation(
              evaluation,
              new Episodes(open, environment.turns(), start.config().contextLength()),
              config.onPolicy().missingReward() == MissingReward.LEAVE_OUT)
          .run(
              new EvaluatedModels(start, policy, serving.client(), names, null),
              Episodes.withTools(encoder, open),
              test,
              asked.dropped(),
              run.seed("evaluate"),
              context.device(),
              out);
    }
  }

  @Override
  public String section() {
    return "evaluation";
  }

  @Override
  public void report(EpisodeFigures figures, Run run, ReportPart part) {
    String start = run.makes(Product.START) ? "SFT" : "the start";
    EpisodeFigures.Rewards reward = figures.reward();
    part.closing(
        "In its environment the policy gets a mean reward of %s on %s test prompts, %s got %s."
            .formatted(
                number(reward.policy().value()),
                ReportPart.count(figures.prompts() - figures.missingRewards()),
                start,
                number(reward.sft().value())));
    part.closing("Difference, prompt by prompt: " + within(reward.difference()) + ".");
    part.fact("Test prompts", ReportPart.count(figures.prompts()));
    part.figuresOfTheRun("reward", "kl");
    part.card(
        number(reward.policy().value()), "mean reward of the policy", interval(reward.policy()));
    part.card(number(reward.sft().value()), "mean reward of " + start, interval(reward.sft()));
    part.card(number(figures.kl()), "KL to " + start, "nats per episode");
    part.examples(examples(run, start));
  }

  private static String within(EpisodeFigures.Mean mean) {
    String interval = interval(mean);
    return number(mean.value()) + (interval.isEmpty() ? "" : " (" + interval + ")");
  }

  private static String interval(EpisodeFigures.Mean mean) {
    return mean.low() == null || mean.high() == null
        ? ""
        : "95 %: " + number(mean.low()) + " to " + number(mean.high());
  }

  private static String number(double number) {
    return String.format(Locale.ROOT, "%.2f", number);
  }

  /** The first prompts of the evaluation, unchosen. */
  private Examples examples(Run run, String start) {
    Path file = run.folder().stage(name()).resolve("episodes.jsonl");
    String policy = config.algorithm().word().toUpperCase(Locale.ROOT).replace('_', ' ');
    return new Examples(
        "The first prompts of the evaluation, not chosen by anyone. Numbers are the environment's"
            + " rewards.",
        JsonLines.read(file, EpisodeSample.class).stream()
            .limit(SHOWN)
            .map(
                sample ->
                    new Examples.Example(
                        sample.id(),
                        sample.prompt().transcript().strip(),
                        List.of(
                            shown(start, sample.sft(), sample.policy()),
                            shown(policy, sample.policy(), sample.sft()))))
            .toList());
  }

  private static Examples.Completion shown(
      String by, EpisodeSample.Played played, EpisodeSample.Played other) {
    return new Examples.Completion(
        by,
        Prompt.of(played.turns()).transcript(),
        played.reward() == null ? "" : number(played.reward()),
        played.rewardOrNaN() > other.rewardOrNaN(),
        played.rewardOrNaN() == other.rewardOrNaN());
  }
}
