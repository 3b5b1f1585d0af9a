package org.rlaif.training.jobs;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.rlaif.client.RlaifClient;
import org.rlaif.judge.WinRate;
import org.rlaif.kit.Example;
import org.rlaif.kit.Progress;
import org.rlaif.model.PromptEncoder;
import org.rlaif.training.config.EvaluationConfig;

/**
 * What two policies wrote to the same prompts, one completion per prompt, in their order.
 *
 * @param sft by the policy that the training started from
 */
record Answers(List<Example> examples, Rollout sft, Rollout policy) {

  /** Samples both policies with the same seed. */
  static Answers sample(
      RlaifClient client,
      EvaluationJob.Names names,
      PromptEncoder encoder,
      List<Example> examples,
      EvaluationConfig config,
      double temperature,
      long seed,
      Progress progress) {
    return new Answers(
        examples,
        sample(client, names.sft(), encoder, examples, config, temperature, seed, progress),
        sample(client, names.policy(), encoder, examples, config, temperature, seed, progress));
  }

  private static Rollout sample(
      RlaifClient client,
      String name,
      PromptEncoder encoder,
      List<Example> examples,
      EvaluationConfig config,
      double temperature,
      long seed,
      Progress progress) {
    List<Rollout> parts = new ArrayList<>();
    int size = CandidatesJob.PROMPTS_PER_REQUEST;
    for (int from = 0; from < examples.size(); from += size) {
      List<Example> some = examples.subList(from, Math.min(from + size, examples.size()));
      parts.add(
          Served.rollout(
              client,
              name,
              encoder,
              some,
              /* samples= */ 1,
              temperature,
              config.maxTokens(),
              Seeds.of(seed, "evaluation", from)));
      progress.step(some.size());
    }
    return Rollout.join(parts);
  }

  /** The three comparisons, by name; those with references over the examples that have one. */
  Map<String, Object> winRates(Comparer comparer) {
    int[] known =
        IntStream.range(0, examples.size()).filter(i -> examples.get(i).hasCompletion()).toArray();
    Map<String, Object> rates = new LinkedHashMap<>();
    rates.put("policyVsSft", map(comparer.compare(examples, policy.texts(), sft.texts())));
    if (known.length > 0) {
      List<Example> some = chosen(examples, known);
      List<String> references = some.stream().map(Example::completion).toList();
      rates.put(
          "policyVsReference",
          map(comparer.compare(some, chosen(policy.texts(), known), references)));
      rates.put(
          "sftVsReference", map(comparer.compare(some, chosen(sft.texts(), known), references)));
    }
    return rates;
  }

  private static <T> List<T> chosen(List<T> all, int[] which) {
    return IntStream.of(which).mapToObj(all::get).toList();
  }

  private static Map<String, Object> map(WinRate rate) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("value", rate.value());
    map.put("low", rate.low());
    map.put("high", rate.high());
    map.put("lengthControlled", rate.lengthControlled());
    map.put("ties", rate.ties());
    map.put("n", rate.n());
    return map;
  }
}
