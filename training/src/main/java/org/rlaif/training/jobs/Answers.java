package org.rlaif.training.jobs;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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

  /** The three comparisons, by name. */
  Map<String, Object> winRates(Comparer comparer) {
    List<String> references = examples.stream().map(Example::completion).toList();
    Map<String, Object> rates = new LinkedHashMap<>();
    rates.put("policyVsSft", map(comparer.compare(examples, policy.texts(), sft.texts())));
    rates.put("policyVsReference", map(comparer.compare(examples, policy.texts(), references)));
    rates.put("sftVsReference", map(comparer.compare(examples, sft.texts(), references)));
    return rates;
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
