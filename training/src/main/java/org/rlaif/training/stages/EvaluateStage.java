package org.rlaif.training.stages;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.rlaif.judge.WinRate;
import org.rlaif.kit.Example;
import org.rlaif.kit.JsonLines;
import org.rlaif.kit.UserError;
import org.rlaif.kit.pages.Charts.Amount;
import org.rlaif.kit.pages.Picture;
import org.rlaif.kit.pages.Pictures;
import org.rlaif.kit.pages.Theme;
import org.rlaif.model.DecoderConfig.Head;
import org.rlaif.model.ModelFolder;
import org.rlaif.model.PromptEncoder;
import org.rlaif.training.config.EvaluationConfig;
import org.rlaif.training.config.RunConfig;
import org.rlaif.training.data.ContextFilter;
import org.rlaif.training.data.GeneratedData;
import org.rlaif.training.evaluation.Comparer;
import org.rlaif.training.evaluation.EvaluatedModels;
import org.rlaif.training.evaluation.Evaluation;
import org.rlaif.training.evaluation.EvaluationFigures;
import org.rlaif.training.evaluation.Sample;
import org.rlaif.training.report.Examples;
import org.rlaif.training.report.ReportPart;
import org.rlaif.training.rewards.ModelReward;
import org.rlaif.training.rewards.RewardKind;
import org.rlaif.training.rewards.RewardSource;
import org.rlaif.training.run.Estimate;
import org.rlaif.training.run.Product;
import org.rlaif.training.run.Run;
import org.rlaif.training.run.RunContext;
import org.rlaif.training.run.Servers.Serving;
import org.rlaif.training.run.Sizes;
import org.rlaif.training.run.Stage;
import org.rlaif.training.tldr.Facts;
import org.rlaif.training.tldr.GoldScore;

/** Compares the policy with where it started, and with the references. */
record EvaluateStage(RunConfig config, EvaluationConfig evaluation)
    implements Stage<EvaluationFigures> {
  /** Prompts that the report shows. */
  private static final int SHOWN = 20;

  /** Scores that are no further apart are the same. */
  private static final double EVEN = 1e-9;

  @Override
  public About<EvaluationFigures> about() {
    return new About<>(
        "evaluate",
        "Compares the policy with SFT and with the references.",
        EvaluationFigures.class,
        null,
        List.of("winRate.policyVsSft.value", "kl"));
  }

  @Override
  public Object settings() {
    List<Object> settings = new ArrayList<>(List.of(evaluation));
    if (!isByGold()) {
      settings.add(config.judge().decisive());
    }
    if (!evaluation.against().isEmpty()) {
      settings.add(Beginning.content(evaluation.opponent()));
    }
    return settings;
  }

  private boolean isByGold() {
    return evaluation.judge() == EvaluationConfig.By.GOLD;
  }

  @Override
  public void check(Run run) {
    run.requireRoom("evaluation.maxTokens", evaluation.maxTokens());
    UserError.require(
        evaluation.bestOf().isEmpty() || run.hasReward(),
        "evaluation.bestOf",
        evaluation.bestOf(),
        "[], as this run has no reward model to choose by; reward.folder brings one");
    UserError.require(
        evaluation.against().isEmpty()
            || ModelFolder.describe(evaluation.opponent()).head() == Head.LANGUAGE_MODEL,
        "evaluation.against",
        evaluation.against(),
        "a language model, not a reward model");
    if (!isByGold()) {
      RunJudge.check(run);
    }
  }

  @Override
  public Estimate estimate(Run run, Sizes sizes) {
    long reward = run.rewards().size() * sizes.rewardParameters();
    return new Estimate(
        "at most " + evaluation.prompts() + " prompts",
        (4L + evaluation.bestOf().stream().max(Integer::compare).orElse(0)) * evaluation.prompts(),
        "start, policy" + (reward > 0 ? ", reward" : ""),
        sizes.served(2 * sizes.parameters() + reward) + 2 * sizes.cache());
  }

  @Override
  public EvaluationFigures work(RunContext context, Path out) {
    Run run = context.run();
    Path policyFolder = run.path(Product.POLICY);
    Path startFolder = run.path(Product.START);
    if (!evaluation.against().isEmpty()) {
      startFolder = evaluation.opponent();
      SameTokens.require(
          run.tokenizerJson(), "evaluation.against", evaluation.against(), startFolder);
    }
    Map<String, Path> served = new HashMap<>(Map.of("sft", startFolder, "policy", policyFolder));
    served.putAll(run.rewards());
    try (ModelFolder start = ModelFolder.open(startFolder);
        ModelFolder policy = ModelFolder.open(policyFolder);
        Serving serving = context.serve(served);
        @Nullable RunJudge judging = isByGold() ? null : RunJudge.open(context)) {
      ContextFilter filter = run.filter(PromptEncoder.of(start));
      List<Example> test =
          filter.prompts(filter.examples(run.data().test()), evaluation.maxTokens());
      var names = new EvaluatedModels.Names(run.served("sft"), run.served("policy"));
      List<String> rewards = run.rewards().keySet().stream().map(run::served).toList();
      @Nullable RewardSource reward =
          rewards.isEmpty()
              ? null
              : maximised().open(new RewardKind.Server(serving.client(), rewards));
      return Evaluation.run(
          evaluation,
          new EvaluatedModels(start, policy, serving.client(), names, reward),
          test,
          filter.dropped(),
          judging == null ? gold(run) : new Comparer.ByJudge(judging.judge()),
          run.seed("evaluate"),
          context.device(),
          out);
    }
  }

  /** The reward model as the policy was trained against it, or an ensemble's mean. */
  private ModelReward maximised() {
    return config.onPolicy().rewards().stream()
        .filter(ModelReward.class::isInstance)
        .map(ModelReward.class::cast)
        .findFirst()
        .orElseGet(() -> new ModelReward(1));
  }

  /** The gold score, by the facts of the generated posts. */
  private static Comparer gold(Run run) {
    Map<String, Facts> facts = GeneratedData.facts(run.path(Product.DATA));
    return new Comparer.ByScore(
        "gold",
        (id, completion) ->
            GoldScore.of(Objects.requireNonNull(facts.get(id), "no facts of " + id), completion));
  }

  @Override
  public String section() {
    return "evaluation";
  }

  @Override
  public void report(EvaluationFigures figures, Run run, ReportPart part) {
    String start = opponent(run);
    WinRate againstStart = figures.winRate().policyVsSft();
    WinRate againstReferences = figures.winRate().policyVsReference();
    part.closing(
        "Against %s the policy wins %s of %d test prompts%s, ties half, says %s."
            .formatted(
                whom(run),
                ReportPart.percent(againstStart.value()),
                againstStart.n(),
                unanswered(againstStart),
                JudgeWords.name(figures.judge())));
    part.closing(
        "95 %% interval: %s%s."
            .formatted(
                ReportPart.range(againstStart.low(), againstStart.high()),
                againstReferences == null
                    ? ""
                    : "; against the references it wins "
                        + ReportPart.percent(againstReferences.value())));
    part.fact("Test prompts", ReportPart.count(figures.prompts()));
    part.figuresOfTheRun("winRate", "kl");
    part.judge(JudgeWords.ofEvaluation(figures.judge()));
    card(part, againstStart, "wins against " + start);
    card(part, againstReferences, "wins against the references");
    part.card(
        String.format(Locale.ROOT, "%.2f", figures.kl()), "KL to " + start, "nats per completion");
    part.picture(winRates(figures.winRate(), start));
    BestOfPicture.of(figures, config.algorithm(), start).ifPresent(part::picture);
    part.examples(examples(run, start));
  }

  /** Whom the policy is compared with, in the few letters that a picture has room for. */
  private String opponent(Run run) {
    if (!evaluation.against().isEmpty()) {
      return "the other";
    }
    return run.makes(Product.START) ? "SFT" : "the start";
  }

  private String whom(Run run) {
    if (!evaluation.against().isEmpty()) {
      return evaluation.against();
    }
    return "its starting point (%s)"
        .formatted(run.makes(Product.START) ? "SFT" : "the model that it began as");
  }

  private static void card(ReportPart part, @Nullable WinRate rate, String label) {
    if (rate != null) {
      part.card(
          ReportPart.percent(rate.value()),
          label,
          "95 %%: %s, n = %s%s"
              .formatted(
                  ReportPart.range(rate.low(), rate.high()),
                  ReportPart.count(rate.n()),
                  unanswered(rate)));
    }
  }

  private static String unanswered(WinRate rate) {
    return rate.unanswered() == 0 ? "" : ", " + rate.unanswered() + " not answered";
  }

  private static Picture winRates(EvaluationFigures.WinRates rates, String start) {
    List<Amount> amounts = new ArrayList<>();
    add(amounts, rates.policyVsSft(), "over " + start);
    add(amounts, rates.policyVsReference(), "over references");
    return Pictures.shares(
        "win-rates",
        "How often the policy wins",
        "Share of test prompts on which the policy's completion beats that of "
            + start
            + ", or the reference, ties counted half. Blue: the win rate with its 95 % interval."
            + " Grey: what it would be if both had written equally much. Right of the dashed line"
            + " is better than even.",
        "win rate (%)",
        amounts);
  }

  private static void add(List<Amount> amounts, @Nullable WinRate rate, String opponent) {
    if (rate != null) {
      amounts.add(Amount.share(opponent, rate.value(), rate.low(), rate.high(), Theme::policy));
      double even = rate.lengthControlled();
      amounts.add(Amount.share("same length", even, even, even, Theme::before));
    }
  }

  /** The first prompts of the evaluation, unchosen. */
  private Examples examples(Run run, String start) {
    Path file = run.folder().stage(name()).resolve("samples.jsonl");
    String policy = config.algorithm().word().toUpperCase(Locale.ROOT).replace('_', ' ');
    String numbers =
        isByGold()
            ? "Numbers are gold scores: 5.3 is a complete and faithful TL;DR, below 0 is worse than"
                + " nothing. The better one of %s and %s is marked.".formatted(policy, start)
            : run.hasReward() ? "Numbers are scores of the reward model." : "";
    return new Examples(
        "The first prompts of the evaluation, not chosen by anyone. " + numbers,
        JsonLines.read(file, Sample.class).stream()
            .limit(SHOWN)
            .map(sample -> example(sample, start, policy))
            .toList());
  }

  private static Examples.Example example(Sample sample, String start, String policy) {
    Sample.Scores gold = sample.gold();
    Sample.Scores scores = gold == null ? sample.score() : gold;
    double lead = gold == null ? Double.NaN : gold.policy() - gold.sft();
    List<Examples.Completion> completions = new ArrayList<>();
    completions.add(completion(start, sample.sft(), scores, Sample.Scores::sft, -lead));
    completions.add(completion(policy, sample.policy(), scores, Sample.Scores::policy, lead));
    if (!sample.reference().isEmpty()) {
      String reference = sample.reference();
      completions.add(
          completion("Reference", reference, scores, Sample.Scores::reference, Double.NaN));
    }
    return new Examples.Example(sample.id(), sample.prompt().transcript().strip(), completions);
  }

  /**
   * @param lead how far it is ahead of the one that it is compared with; NaN: it is not
   */
  private static Examples.Completion completion(
      String by,
      String text,
      Sample.@Nullable Scores scores,
      Function<Sample.Scores, @Nullable Double> its,
      double lead) {
    Double score = scores == null ? null : its.apply(scores);
    return new Examples.Completion(
        by,
        text.strip(),
        score == null ? "" : String.format(Locale.ROOT, "%.2f", score),
        lead > EVEN,
        Math.abs(lead) <= EVEN);
  }
}
