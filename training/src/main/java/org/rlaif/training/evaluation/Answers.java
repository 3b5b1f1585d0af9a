package org.rlaif.training.evaluation;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.rlaif.judge.WinRate;
import org.rlaif.kit.Example;
import org.rlaif.kit.Progress;
import org.rlaif.model.PromptEncoder;
import org.rlaif.training.config.EvaluationConfig;
import org.rlaif.training.learning.Seeds;
import org.rlaif.training.rollouts.CandidateSampling;
import org.rlaif.training.rollouts.Rollout;
import org.rlaif.training.rollouts.RolloutClient;

/**
 * What two policies wrote to the same prompts, one completion per prompt, in their order.
 *
 * @param sft by the policy that the training started from
 */
public record Answers(List<Example> examples, Rollout sft, Rollout policy) {

  /** Samples both policies with the same seed. */
  public static Answers sample(
      EvaluatedModels models,
      PromptEncoder encoder,
      List<Example> examples,
      EvaluationConfig config,
      double temperature,
      long seed,
      Progress progress) {
    Function<String, Rollout> by =
        policy -> {
          List<Rollout> parts = new ArrayList<>();
          int size = CandidateSampling.PROMPTS_PER_REQUEST;
          for (int from = 0; from < examples.size(); from += size) {
            List<Example> some = examples.subList(from, Math.min(from + size, examples.size()));
            parts.add(
                RolloutClient.rollout(
                    models.client(),
                    policy,
                    encoder,
                    some,
                    /* samples= */ 1,
                    temperature,
                    config.maxTokens(),
                    Seeds.of(seed, "evaluation", from)));
            progress.step(some.size());
          }
          return Rollout.join(parts);
        };
    return new Answers(examples, by.apply(models.names().sft()), by.apply(models.names().policy()));
  }

  /** The three comparisons; those with references over the examples that have one. */
  EvaluationFigures.WinRates winRates(Comparer comparer) {
    WinRate againstStart = comparer.compare(examples, policy.texts(), sft.texts());
    int[] known =
        IntStream.range(0, examples.size()).filter(i -> examples.get(i).hasCompletion()).toArray();
    if (known.length == 0) {
      return new EvaluationFigures.WinRates(againstStart, null, null);
    }
    List<Example> some = chosen(examples, known);
    List<String> references = some.stream().map(Example::completion).toList();
    return new EvaluationFigures.WinRates(
        againstStart,
        comparer.compare(some, chosen(policy.texts(), known), references),
        comparer.compare(some, chosen(sft.texts(), known), references));
  }

  private static <T> List<T> chosen(List<T> all, int[] which) {
    return IntStream.of(which).mapToObj(all::get).toList();
  }
}
