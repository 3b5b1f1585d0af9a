package org.rlaif.training.stages;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.rlaif.kit.Example;
import org.rlaif.kit.UserError;
import org.rlaif.model.DecoderConfig.Head;
import org.rlaif.model.ModelFolder;
import org.rlaif.model.PromptEncoder;
import org.rlaif.training.config.OnPolicyConfig;
import org.rlaif.training.config.RewardConfig;
import org.rlaif.training.config.RunConfig;
import org.rlaif.training.environments.Environment;
import org.rlaif.training.onpolicy.OnPolicyAlgorithm;
import org.rlaif.training.onpolicy.OnPolicyFigures;
import org.rlaif.training.onpolicy.OnPolicyLoop;
import org.rlaif.training.report.ReportPart;
import org.rlaif.training.rewards.ModelReward;
import org.rlaif.training.rewards.RewardKind;
import org.rlaif.training.run.Estimate;
import org.rlaif.training.run.Product;
import org.rlaif.training.run.Run;
import org.rlaif.training.run.RunContext;
import org.rlaif.training.run.Servers.Serving;
import org.rlaif.training.run.Sizes;
import org.rlaif.training.run.Stage;

/** Improves the policy by an on-policy algorithm, whose name the stage has. */
public record OnPolicyStage(
    RunConfig config, OnPolicyAlgorithm algorithm, OnPolicyConfig settingsOfAll)
    implements Stage<OnPolicyFigures> {
  @Override
  public About<OnPolicyFigures> about() {
    return new About<>(
        config.algorithm().word(),
        algorithm.description(),
        OnPolicyFigures.class,
        Product.POLICY,
        List.of("score", "kl", "parity.maxAbsLogprobDifference", "parity.threshold"));
  }

  @Override
  public Object settings() {
    RewardConfig reward = config.reward();
    List<Object> settings = new ArrayList<>(List.of(settingsOfAll, algorithm));
    settingsOfAll.rewards().forEach(each -> settings.add(each.content()));
    if (needsJudge()) {
      settings.add(config.judge().decisive());
    }
    if (settingsOfAll.environment() != null) {
      settings.add(settingsOfAll.environment().content());
    }
    if (!reward.trained()) {
      settings.add(List.of(reward.folder(), Beginning.content(reward.path())));
    }
    return settings;
  }

  @Override
  public void check(Run run) {
    run.requireRoom("onPolicy.maxTokens", settingsOfAll.maxTokens());
    int samples = algorithm.samples();
    UserError.require(
        settingsOfAll.batch() % samples == 0,
        "onPolicy.batch",
        settingsOfAll.batch(),
        "a multiple of %s.samples (%d)".formatted(name(), samples));
    if (algorithm.keepsGroups()) {
      requireWholeGroups("minibatch", settingsOfAll.minibatch());
      requireWholeGroups("microbatch", settingsOfAll.together());
    }
    UserError.require(
        algorithm.hasRatios() || settingsOfAll.correction().cap() == null,
        "onPolicy.correction.cap",
        settingsOfAll.correction().cap(),
        "null: " + name() + " has no ratios that it would correct");
    UserError.require(
        algorithm.hasRatios() || !settingsOfAll.overlap(),
        "onPolicy.overlap",
        true,
        "false: " + name() + " has no ratios that would correct what older weights have written");
    UserError.require(
        algorithm.hasRatios() || !settingsOfAll.writesQuantised(),
        "onPolicy.rolloutWeights",
        settingsOfAll.rolloutWeights(),
        "fp32: "
            + name()
            + " has no ratios that would correct what quantised weights have written");
    RewardConfig reward = config.reward();
    UserError.require(
        reward.trained() || ModelFolder.describe(reward.path()).head() == Head.SCORE,
        "reward.folder",
        reward.folder(),
        "a reward model, with one label");
    settingsOfAll.rewards().forEach(RewardKind::check);
    if (needsJudge()) {
      UserError.require(
          config.judge().chosen().rates(),
          "judge.kind",
          config.judge().kind(),
          "model or endpoint, as onPolicy.rewards wants its ratings; {kind: rubric} is a rubric's");
      RunJudge.check(run);
    }
    if (settingsOfAll.environment() != null) {
      settingsOfAll.environment().check();
    }
    settingsOfAll.rewards().stream()
        .filter(each -> each instanceof ModelReward model && model.needsMembers())
        .forEach(
            each ->
                UserError.require(
                    reward.members() > 1,
                    "reward.members",
                    reward.members(),
                    "> 1, as onPolicy.rewards combines them: " + each));
  }

  private boolean needsJudge() {
    return settingsOfAll.rewards().stream().anyMatch(RewardKind::needsJudge);
  }

  private void requireWholeGroups(String name, int completions) {
    UserError.require(
        completions % algorithm.samples() == 0,
        "onPolicy." + name,
        completions,
        "a multiple of %d, as %s compares the completions of a prompt"
            .formatted(algorithm.samples(), name()));
  }

  @Override
  public Estimate estimate(Run run, Sizes sizes) {
    int updates = settingsOfAll.updates();
    int batch = settingsOfAll.batch();
    long policy = sizes.parameters();
    long reward = run.rewards().size() * sizes.rewardParameters();
    boolean critic = algorithm.critic() != null;
    long weights = 2 * policy + (critic ? sizes.rewardParameters() : 0);
    int kept = settingsOfAll.bestBy().isEmpty() ? 0 : settingsOfAll.overlap() ? 3 : 2;
    long activations =
        sizes.activations(settingsOfAll.microbatch(), settingsOfAll.minibatch(), true);
    return new Estimate(
        updates + " updates of " + batch,
        (long) updates * batch,
        "policy, reference" + (critic ? ", value" : "") + (reward > 0 ? ", reward" : ""),
        sizes.weights(config.model().adapter().wanted() ? policy : weights)
            + sizes.training(/* scores= */ false)
            + sizes.copies(kept)
            + (critic ? sizes.training(/* scores= */ true) : 0)
            + sizes.served(policy + reward)
            + sizes.cache()
            + (critic ? 2 : 1) * activations);
  }

  /** What does the work, without the models. */
  public OnPolicyLoop loop(RunContext context) {
    return new OnPolicyLoop(
        name(),
        algorithm,
        settingsOfAll,
        config.model().adapter(),
        context.run().seed(name()),
        context.device(),
        context.checkpoints(),
        config.samplesEvery());
  }

  @Override
  public OnPolicyFigures work(RunContext context, Path out) {
    Run run = context.run();
    Map<String, Path> served = new HashMap<>(Map.of("policy", run.path(Product.START)));
    served.putAll(run.rewards());
    try (ModelFolder start = ModelFolder.open(run.path(Product.START));
        @Nullable ModelFolder reward =
            run.hasReward() ? ModelFolder.open(run.path(Product.REWARD)) : null;
        Serving serving = context.serve(served, settingsOfAll.rolloutWeights());
        @Nullable Environment environment =
            settingsOfAll.environment() == null ? null : settingsOfAll.environment().open();
        @Nullable RunJudge judging = needsJudge() ? RunJudge.open(context) : null) {
      var asked = new Asked(run, PromptEncoder.of(start), environment);
      List<Example> prompts =
          CandidatesStage.different(
              asked.prompts(run.data().train(), settingsOfAll.maxTokens()), run.seed(name()));
      return loop(context)
          .run(
              new OnPolicyLoop.Models(
                  start,
                  reward,
                  serving.client(),
                  run.served("policy"),
                  new RewardKind.Server(
                      serving.client(),
                      run.rewards().keySet().stream().map(run::served).toList(),
                      judging == null ? null : judging.judge()),
                  environment),
              prompts,
              asked.dropped(),
              out);
    }
  }

  @Override
  public void report(OnPolicyFigures figures, Run run, ReportPart part) {
    String word = name().toUpperCase(Locale.ROOT).replace('_', ' ');
    part.story(word + " improved the policy against " + (run.hasReward() ? "it" : "its rewards"));
    part.fact(word + " updates", ReportPart.count(figures.updates()));
    if (figures.best() != null) {
      OnPolicyFigures.BestUpdate best = figures.best();
      part.fact(
          word + ", weights that are kept",
          String.format(
              Locale.ROOT,
              "those that wrote the batch of update %d: %s %.3f, the highest",
              best.update() + 1,
              best.figure(),
              best.value()));
    }
    part.card(
        String.format(Locale.ROOT, "%.1e", figures.parity().maxAbsLogprobDifference()),
        "largest log-probability difference",
        "LibTorch against ONNX Runtime");
    part.figuresOfTheRun("parity", "firstMinibatch");
    new OnPolicyPictures(run, run.folder().stage(name()), word).all().forEach(part::picture);
  }
}
