package org.rlaif.training.evaluation;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import org.rlaif.judge.WinRate;
import org.rlaif.kit.Example;
import org.rlaif.kit.Interval;
import org.rlaif.kit.Progress;
import org.rlaif.kit.UserError;
import org.rlaif.model.PromptEncoder;
import org.rlaif.training.config.EvaluationConfig;
import org.rlaif.training.learning.Seeds;
import org.rlaif.training.math.BestOf;
import org.rlaif.training.rewards.RewardSource;
import org.rlaif.training.rollouts.CandidateSampling;
import org.rlaif.training.rollouts.Rollout;
import org.rlaif.training.rollouts.RolloutClient;

/**
 * What the reward model is worth without any training: of some completions of the policy that the
 * training starts from, the one that it scores highest.
 */
public final class BestOfN {
  private BestOfN() {}

  /**
   * The best of so many.
   *
   * @param n of which the best is chosen
   * @param kl to the policy that wrote them, in nats per completion; an upper bound
   * @param winRate over one other completion of that policy, ties counted half, a mean over prompts
   *     and over all subsets of n of the completions that were sampled; with its 95 % interval
   * @param score mean by the reward model
   * @param gold mean by the scorer that compares; null if a judge does
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Figures(
      int n,
      double kl,
      double winRate,
      double winRateLow,
      double winRateHigh,
      double score,
      @Nullable Double gold) {}

  /** Of one prompt what there is to choose from. */
  @SuppressWarnings("ArrayRecordComponent") // plain numbers, never compared as records
  private record Choice(double[] scores, double[] points, double @Nullable [] gold) {
    double expected(double[] values, int n) {
      double[] weights = BestOf.weights(scores, n);
      double sum = 0;
      for (int i = 0; i < weights.length; i++) {
        sum += weights[i] * values[i];
      }
      return sum;
    }
  }

  /**
   * Samples as many completions as the largest of {@code config.bestOf()} says, and looks at all of
   * them; none, if it is empty.
   *
   * @param opponents one completion of each example by the same policy
   */
  static List<Figures> measure(
      EvaluationConfig config,
      EvaluatedModels models,
      PromptEncoder encoder,
      List<Example> examples,
      List<String> opponents,
      Comparer comparer,
      long seed) {
    if (config.bestOf().isEmpty()) {
      return List.of();
    }
    List<Choice> choices = choices(config, models, encoder, examples, opponents, comparer, seed);
    UserError.require(!choices.isEmpty(), "evaluation.bestOf: answered prompts", 0, "at least 1");
    return config.bestOf().stream().map(n -> figures(choices, n)).toList();
  }

  private static Figures figures(List<Choice> choices, int n) {
    double wins = mean(choices, choice -> choice.expected(choice.points(), n));
    Interval interval = WinRate.interval(wins, choices.size());
    return new Figures(
        n,
        BestOf.kl(n),
        wins,
        interval.low(),
        interval.high(),
        mean(choices, choice -> choice.expected(choice.scores(), n)),
        choices.get(0).gold() == null
            ? null
            : (Double)
                mean(choices, choice -> choice.expected(Objects.requireNonNull(choice.gold()), n)));
  }

  private static double mean(List<Choice> choices, ToDoubleFunction<Choice> figure) {
    return choices.stream().mapToDouble(figure).average().orElseThrow();
  }

  private static List<Choice> choices(
      EvaluationConfig config,
      EvaluatedModels models,
      PromptEncoder encoder,
      List<Example> examples,
      List<String> opponents,
      Comparer comparer,
      long seed) {
    int samples = Collections.max(config.bestOf());
    int together = Math.max(1, CandidateSampling.PROMPTS_PER_REQUEST / samples);
    RewardSource source = Objects.requireNonNull(models.reward(), "no reward model");
    List<Choice> choices = new ArrayList<>(examples.size());
    try (Progress progress = Progress.start("best of n", examples.size(), "prompts")) {
      for (int from = 0; from < examples.size(); from += together) {
        List<Example> some = examples.subList(from, Math.min(from + together, examples.size()));
        Rollout rollout =
            RolloutClient.rollout(
                models.client(),
                models.names().sft(),
                encoder,
                some,
                samples,
                config.temperature(),
                config.maxTokens(),
                Seeds.of(seed, "bestOf", from));
        double[] scores = source.score(rollout.written());
        List<String> rivals = new ArrayList<>(scores.length);
        for (int i = 0; i < scores.length; i++) {
          rivals.add(opponents.get(from + i / samples));
        }
        double[] points = comparer.points(rollout.prompts(), rollout.texts(), rivals);
        for (int i = 0; i < some.size(); i++) {
          add(choices, rollout, scores, points, comparer, i * samples, samples);
        }
        progress.step(some.size());
      }
    }
    return choices;
  }

  /** A prompt of which the judge has not answered every question is left out: nobody knows more. */
  private static void add(
      List<Choice> choices,
      Rollout rollout,
      double[] scores,
      double[] points,
      Comparer comparer,
      int first,
      int samples) {
    double[] own = new double[samples];
    double[] ownPoints = new double[samples];
    double @Nullable [] gold = comparer instanceof Comparer.ByScore ? new double[samples] : null;
    for (int i = 0; i < samples; i++) {
      if (Double.isNaN(points[first + i])) {
        return;
      }
      own[i] = scores[first + i];
      ownPoints[i] = points[first + i];
      if (gold != null && comparer instanceof Comparer.ByScore by) {
        gold[i] =
            by.scorer()
                .score(rollout.prompts().get(first + i).id(), rollout.texts().get(first + i));
      }
    }
    choices.add(new Choice(own, ownPoints, gold));
  }
}
