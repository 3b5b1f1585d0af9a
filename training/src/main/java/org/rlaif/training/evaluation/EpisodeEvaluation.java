package org.rlaif.training.evaluation;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.rlaif.kit.Example;
import org.rlaif.kit.JsonLines;
import org.rlaif.kit.Progress;
import org.rlaif.kit.Statistics;
import org.rlaif.kit.UserError;
import org.rlaif.model.PromptEncoder;
import org.rlaif.torch.Device;
import org.rlaif.training.config.EvaluationConfig;
import org.rlaif.training.learning.Seeds;
import org.rlaif.training.learning.Stopwatch;
import org.rlaif.training.rollouts.CandidateSampling;
import org.rlaif.training.rollouts.Episodes;
import org.rlaif.training.rollouts.Rollout;

/**
 * Does the policy get more of the environment's reward than where it started? Both play one episode
 * of each test prompt, with the same seeds.
 *
 * @param leavesOut whether a reward that is NaN leaves its prompt out; else it is an error
 */
public record EpisodeEvaluation(EvaluationConfig config, Episodes episodes, boolean leavesOut) {

  /**
   * Evaluates and writes {@code episodes.jsonl}, an {@link EpisodeSample} per prompt, into a
   * folder.
   *
   * @param encoder with the environment's tools
   * @param test how episodes begin, of which the first {@code config.prompts()} are taken
   * @param tooLong how many were left out before, for the figures
   */
  public EpisodeFigures run(
      EvaluatedModels models,
      PromptEncoder encoder,
      List<Example> test,
      int tooLong,
      long seed,
      Device device,
      Path out) {
    UserError.require(!test.isEmpty(), "evaluation: prompts", 0, "at least 1");
    List<Example> chosen = test.subList(0, Math.min(config.prompts(), test.size()));
    Stopwatch watch = new Stopwatch();
    Rollout sft;
    Rollout policy;
    try (Progress progress = Progress.start("evaluate", 2L * chosen.size(), "episodes")) {
      sft = play(models, models.names().sft(), encoder, chosen, seed, progress);
      policy = play(models, models.names().policy(), encoder, chosen, seed, progress);
    }
    watch.lap("rollout");
    double[] kl = Evaluation.kl(policy, models, config.temperature(), device);
    watch.lap("kl");
    List<EpisodeSample> samples =
        IntStream.range(0, chosen.size())
            .mapToObj(row -> EpisodeSample.of(sft, policy, row))
            .toList();
    JsonLines.write(out.resolve("episodes.jsonl"), samples);
    List<EpisodeSample> known = known(samples);
    return new EpisodeFigures(
        samples.size(),
        config.temperature(),
        new EpisodeFigures.Rewards(
            mean(known, each -> each.sft().rewardOrNaN()),
            mean(known, each -> each.policy().rewardOrNaN()),
            mean(known, each -> each.policy().rewardOrNaN() - each.sft().rewardOrNaN())),
        Statistics.mean(kl),
        new EvaluationFigures.ByModel(sft.meanLength(), policy.meanLength(), null),
        new EvaluationFigures.ByModel(
            mean(samples, each -> each.sft().policyTurns()).value(),
            mean(samples, each -> each.policy().policyTurns()).value(),
            null),
        new EvaluationFigures.Ended(sft.endedFraction(), policy.endedFraction()),
        samples.size() - known.size(),
        watch.seconds(),
        tooLong);
  }

  private Rollout play(
      EvaluatedModels models,
      String policy,
      PromptEncoder encoder,
      List<Example> examples,
      long seed,
      Progress progress) {
    List<Rollout> parts = new ArrayList<>();
    int size = CandidateSampling.PROMPTS_PER_REQUEST;
    for (int from = 0; from < examples.size(); from += size) {
      List<Example> some = examples.subList(from, Math.min(from + size, examples.size()));
      parts.add(
          episodes.play(
              models.client(),
              policy,
              encoder,
              some,
              /* samples= */ 1,
              config.temperature(),
              config.maxTokens(),
              Seeds.of(seed, "evaluation", from)));
      progress.step(some.size());
    }
    return Rollout.join(parts);
  }

  /** Those of which both rewards are numbers. */
  private List<EpisodeSample> known(List<EpisodeSample> samples) {
    List<EpisodeSample> known = new ArrayList<>();
    for (EpisodeSample each : samples) {
      double both = each.sft().rewardOrNaN() + each.policy().rewardOrNaN();
      UserError.require(
          Double.isFinite(both) || (leavesOut && Double.isNaN(both)),
          "reward environment, example " + each.id(),
          both,
          leavesOut ? "a finite number, or NaN" : "a finite number");
      if (Double.isFinite(both)) {
        known.add(each);
      }
    }
    UserError.require(!known.isEmpty(), "evaluation: episodes with rewards", 0, "at least 1");
    return known;
  }

  private static EpisodeFigures.Mean mean(
      List<EpisodeSample> samples, ToDoubleFunction<EpisodeSample> figure) {
    return EpisodeFigures.Mean.of(samples.stream().mapToDouble(figure).toArray());
  }
}
