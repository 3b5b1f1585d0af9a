package org.rlaif.training.jobs;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.rlaif.client.RlaifClient;
import org.rlaif.kit.Example;
import org.rlaif.kit.JsonLines;
import org.rlaif.kit.Progress;
import org.rlaif.kit.Statistics;
import org.rlaif.kit.UserError;
import org.rlaif.model.ModelFolder;
import org.rlaif.model.PromptEncoder;
import org.rlaif.torch.Device;
import org.rlaif.training.config.EvaluationConfig;
import org.rlaif.training.math.KlEstimators;

/**
 * Is the policy better than where it started, and than the completions it once learned from? Both
 * policies answer test prompts, at the temperature of the settings and greedily, and somebody else
 * than the reward model compares.
 */
public final class EvaluationJob {
  /** Sequences per forward pass. */
  private static final int MICROBATCH = 32;

  private EvaluationJob() {}

  /** The names under which the models are served. */
  public record Names(String sft, String policy, String reward) {}

  /**
   * Evaluates and writes {@code samples.jsonl}, a {@link Sample} per prompt, into a folder.
   *
   * @param sft where the policy started: the reference of the KL
   * @param test examples, of which the first {@code config.prompts()} are taken
   * @return winRate (policyVsSft, policyVsReference, sftVsReference), kl, and means by sft, policy
   *     and reference: length in tokens, score by the reward model, gold if the comparer scores;
   *     winRate and length again under greedy; seconds. What concerns references is over the
   *     examples that have one, and absent if none has
   */
  public static Map<String, Object> run(
      EvaluationConfig config,
      RlaifClient client,
      Names names,
      ModelFolder sft,
      ModelFolder policy,
      List<Example> test,
      Comparer comparer,
      long seed,
      Device device,
      Path out) {
    UserError.require(!test.isEmpty(), "evaluation: prompts", 0, "at least 1");
    List<Example> chosen = test.subList(0, Math.min(config.prompts(), test.size()));
    Stopwatch watch = new Stopwatch();
    PromptEncoder encoder = PromptEncoder.of(sft);
    List<Sequence> references =
        encode(
            chosen.stream().filter(Example::hasCompletion).toList(),
            encoder,
            sft.config().contextLength());
    Answers sampled;
    Answers greedy;
    try (Progress progress = Progress.start("evaluate", 4L * chosen.size(), "completions")) {
      sampled =
          Answers.sample(
              client, names, encoder, chosen, config, config.temperature(), seed, progress);
      greedy =
          Answers.sample(
              client, names, encoder, chosen, config, /* temperature= */ 0, seed, progress);
    }
    watch.lap("rollout");
    double[] kl = kl(sampled.policy(), sft, policy, config.temperature(), device);
    watch.lap("kl");
    String reward = names.reward();
    double[] sftScores = Served.scores(client, reward, sampled.sft().sequences());
    double[] policyScores = Served.scores(client, reward, sampled.policy().sequences());
    Iterator<Double> referenceScores =
        references.isEmpty()
            ? Collections.emptyIterator()
            : DoubleStream.of(Served.scores(client, reward, references)).iterator();
    watch.lap("score");

    List<Sample> samples = new ArrayList<>(chosen.size());
    for (int i = 0; i < chosen.size(); i++) {
      Example example = chosen.get(i);
      String bySft = sampled.sft().texts().get(i);
      String byPolicy = sampled.policy().texts().get(i);
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
              new Sample.Scores(
                  sftScores[i],
                  policyScores[i],
                  example.hasCompletion() ? referenceScores.next() : null),
              gold(comparer, example, bySft, byPolicy)));
    }
    JsonLines.write(out.resolve("samples.jsonl"), samples);

    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("judge", comparer.name());
    figures.put("prompts", chosen.size());
    figures.put("temperature", config.temperature());
    figures.put("winRate", sampled.winRates(comparer));
    figures.put("kl", Statistics.mean(kl));
    figures.put("klPerToken", Arrays.stream(kl).sum() / sampled.policy().tokens());
    figures.put("length", lengths(sampled, references));
    figures.put("endedFraction", ended(sampled));
    figures.put("score", means(samples.stream().map(Sample::score)));
    if (comparer instanceof Comparer.ByScore) {
      figures.put("gold", means(samples.stream().map(Sample::gold)));
    }
    figures.put(
        "greedy",
        Map.of(
            "winRate", greedy.winRates(comparer),
            "length", lengths(greedy, references),
            "endedFraction", ended(greedy)));
    watch.lap("compare");
    figures.put("seconds", watch.seconds());
    return figures;
  }

  private static List<Sequence> encode(
      List<Example> examples, PromptEncoder encoder, int contextLength) {
    return examples.stream()
        .map(
            example ->
                Sequence.encode(
                    encoder,
                    contextLength,
                    "example " + example.id(),
                    example.prompt(),
                    example.completion()))
        .toList();
  }

  /** KL(policy || SFT) of each of the policy's completions, at the temperature of sampling. */
  private static double[] kl(
      Rollout rollout, ModelFolder sft, ModelFolder policy, double temperature, Device device) {
    List<float[][]> logprobs =
        Trained.ask(
            List.of(policy, sft),
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
  private static Map<String, Double> lengths(Answers answers, List<Sequence> references) {
    Map<String, Double> lengths = new LinkedHashMap<>();
    lengths.put("sft", answers.sft().meanLength());
    lengths.put("policy", answers.policy().meanLength());
    if (!references.isEmpty()) {
      lengths.put(
          "reference",
          Statistics.mean(
              references.stream().mapToDouble(one -> one.completion().length).toArray()));
    }
    return lengths;
  }

  private static Map<String, Double> ended(Answers answers) {
    return Map.of("sft", answers.sft().endedFraction(), "policy", answers.policy().endedFraction());
  }

  private static Map<String, Double> means(Stream<Sample.Scores> all) {
    List<Sample.Scores> scores = all.toList();
    Map<String, Double> means = new LinkedHashMap<>();
    means.put("sft", Statistics.mean(scores.stream().mapToDouble(Sample.Scores::sft).toArray()));
    means.put(
        "policy", Statistics.mean(scores.stream().mapToDouble(Sample.Scores::policy).toArray()));
    double[] references =
        scores.stream()
            .map(Sample.Scores::reference)
            .filter(Objects::nonNull)
            .mapToDouble(Double::doubleValue)
            .toArray();
    if (references.length > 0) {
      means.put("reference", Statistics.mean(references));
    }
    return means;
  }
}
