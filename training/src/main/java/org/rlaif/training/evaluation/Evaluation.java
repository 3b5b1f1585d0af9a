package org.rlaif.training.evaluation;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.rlaif.kit.Example;
import org.rlaif.kit.JsonLines;
import org.rlaif.kit.Progress;
import org.rlaif.kit.Statistics;
import org.rlaif.kit.UserError;
import org.rlaif.model.PromptEncoder;
import org.rlaif.torch.Device;
import org.rlaif.training.config.EvaluationConfig;
import org.rlaif.training.learning.Forward;
import org.rlaif.training.learning.Sequence;
import org.rlaif.training.learning.Stopwatch;
import org.rlaif.training.learning.TrainableModel;
import org.rlaif.training.math.KlEstimators;
import org.rlaif.training.rewards.RewardSource;
import org.rlaif.training.rewards.SampledCompletion;
import org.rlaif.training.rollouts.Rollout;

/**
 * Is the policy better than where it started, and than the completions it once learned from? Both
 * policies answer test prompts, at the temperature of the settings and greedily, and somebody else
 * than the reward model compares.
 */
public final class Evaluation {
  /** Sequences per forward pass. */
  private static final int MICROBATCH = 32;

  private Evaluation() {}

  /**
   * Evaluates and writes {@code samples.jsonl}, a {@link Sample} per prompt, into a folder.
   *
   * @param test examples, of which the first {@code config.prompts()} are taken
   * @param tooLong how many were left out before, for the figures
   */
  public static EvaluationFigures run(
      EvaluationConfig config,
      EvaluatedModels models,
      List<Example> test,
      int tooLong,
      Comparer comparer,
      long seed,
      Device device,
      Path out) {
    UserError.require(!test.isEmpty(), "evaluation: prompts", 0, "at least 1");
    List<Example> chosen = test.subList(0, Math.min(config.prompts(), test.size()));
    Stopwatch watch = new Stopwatch();
    PromptEncoder encoder = PromptEncoder.of(models.sft());
    List<Example> known = chosen.stream().filter(Example::hasCompletion).toList();
    List<SampledCompletion> references =
        references(known, encoder, models.sft().config().contextLength());
    Answers sampled;
    Answers greedy;
    try (Progress progress = Progress.start("evaluate", 4L * chosen.size(), "completions")) {
      sampled =
          Answers.sample(models, encoder, chosen, config, config.temperature(), seed, progress);
      greedy =
          Answers.sample(models, encoder, chosen, config, /* temperature= */ 0, seed, progress);
    }
    watch.lap("rollout");
    double[] kl = kl(sampled.policy(), models, config.temperature(), device);
    watch.lap("kl");
    @Nullable Scored scored = scored(models, sampled, references);
    watch.lap("score");

    List<Sample> samples = samples(chosen, sampled, greedy, kl, scored, comparer);
    JsonLines.write(out.resolve("samples.jsonl"), samples);
    EvaluationFigures.WinRates winRates = sampled.winRates(comparer);
    EvaluationFigures.WinRates greedyWinRates = greedy.winRates(comparer);
    watch.lap("compare");
    List<BestOfN.Figures> bestOf =
        BestOfN.measure(config, models, encoder, chosen, sampled.sft().texts(), comparer, seed);
    watch.lap("bestOf");
    return new EvaluationFigures(
        comparer.name(),
        chosen.size(),
        config.temperature(),
        winRates,
        Statistics.mean(kl),
        Arrays.stream(kl).sum() / sampled.policy().tokens(),
        lengths(sampled, references),
        ended(sampled),
        means(samples.stream().map(Sample::score)),
        means(samples.stream().map(Sample::gold)),
        bestOf,
        new EvaluationFigures.Greedy(greedyWinRates, lengths(greedy, references), ended(greedy)),
        watch.seconds(),
        tooLong);
  }

  /** By the reward model; references in the order of the examples that have one. */
  @SuppressWarnings("ArrayRecordComponent") // plain numbers, never compared as records
  private record Scored(double[] sft, double[] policy, double[] references) {}

  private static @Nullable Scored scored(
      EvaluatedModels models, Answers answers, List<SampledCompletion> references) {
    RewardSource source = models.reward();
    if (source == null) {
      return null;
    }
    return new Scored(
        source.score(answers.sft().written()),
        source.score(answers.policy().written()),
        references.isEmpty() ? new double[0] : source.score(references));
  }

  private static List<Sample> samples(
      List<Example> examples,
      Answers sampled,
      Answers greedy,
      double[] kl,
      @Nullable Scored scored,
      Comparer comparer) {
    List<Sample> samples = new ArrayList<>(examples.size());
    int reference = 0;
    for (int i = 0; i < examples.size(); i++) {
      Example example = examples.get(i);
      String bySft = sampled.sft().texts().get(i);
      String byPolicy = sampled.policy().texts().get(i);
      boolean known = example.hasCompletion();
      samples.add(
          new Sample(
              example.id(),
              example.prompt(),
              example.completion(),
              bySft,
              byPolicy,
              greedy.sft().texts().get(i),
              greedy.policy().texts().get(i),
              kl[i],
              scored == null
                  ? null
                  : new Sample.Scores(
                      scored.sft[i],
                      scored.policy[i],
                      known ? (Double) scored.references[reference] : null),
              gold(comparer, example, bySft, byPolicy)));
      reference += known ? 1 : 0;
    }
    return samples;
  }

  private static List<SampledCompletion> references(
      List<Example> known, PromptEncoder encoder, int contextLength) {
    List<SampledCompletion> references = new ArrayList<>(known.size());
    for (Example each : known) {
      String id = each.id();
      String text = each.completion();
      Sequence tokens =
          Sequence.encode(encoder, contextLength, "example " + id, each.prompt(), text);
      references.add(
          new SampledCompletion(
              id, each.prompt(), text, tokens.prompt(), tokens.completion(), /* ended= */ true));
    }
    return references;
  }

  /** KL(policy || SFT) of each of the policy's completions, at the temperature of sampling. */
  static double[] kl(Rollout rollout, EvaluatedModels models, double temperature, Device device) {
    List<float[][]> logprobs =
        TrainableModel.ask(
            List.of(models.policy(), models.sft()),
            device,
            network -> Forward.logprobs(network, rollout.sequences(), temperature, MICROBATCH));
    return KlEstimators.sequences(logprobs.get(0), logprobs.get(1), KlEstimators::k1);
  }

  private static Sample.@Nullable Scores gold(
      Comparer comparer, Example example, String sft, String policy) {
    return comparer instanceof Comparer.ByScore by
        ? new Sample.Scores(
            by.scorer().score(example.id(), sft),
            by.scorer().score(example.id(), policy),
            example.hasCompletion()
                ? (Double) by.scorer().score(example.id(), example.completion())
                : null)
        : null;
  }

  /** Mean lengths in tokens, end-of-text counted. */
  private static EvaluationFigures.ByModel lengths(
      Answers answers, List<SampledCompletion> references) {
    double[] lengths = references.stream().mapToDouble(one -> one.tokens().length).toArray();
    return new EvaluationFigures.ByModel(
        answers.sft().meanLength(), answers.policy().meanLength(), mean(lengths));
  }

  private static EvaluationFigures.Ended ended(Answers answers) {
    return new EvaluationFigures.Ended(
        answers.sft().endedFraction(), answers.policy().endedFraction());
  }

  /** Null if nobody has scored. */
  private static EvaluationFigures.@Nullable ByModel means(Stream<Sample.@Nullable Scores> all) {
    List<Sample.Scores> scores = all.flatMap(Stream::ofNullable).toList();
    if (scores.isEmpty()) {
      return null;
    }
    return new EvaluationFigures.ByModel(
        Statistics.mean(scores.stream().mapToDouble(Sample.Scores::sft).toArray()),
        Statistics.mean(scores.stream().mapToDouble(Sample.Scores::policy).toArray()),
        mean(
            scores.stream()
                .map(Sample.Scores::reference)
                .flatMap(Stream::ofNullable)
                .mapToDouble(Double::doubleValue)
                .toArray()));
  }

  private static @Nullable Double mean(double[] numbers) {
    return numbers.length == 0 ? null : (Double) Statistics.mean(numbers);
  }
}
