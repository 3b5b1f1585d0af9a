package org.rlaif.training.jobs;

import java.util.List;
import org.rlaif.client.RlaifClient;
import org.rlaif.kit.Example;
import org.rlaif.model.PromptEncoder;
import org.rlaif.v1.Input;
import org.rlaif.v1.RolloutRequest;
import org.rlaif.v1.Sampling;
import org.rlaif.v1.ScoreRequest;

/** What the jobs ask a server for. */
final class Served {
  private Served() {}

  /**
   * Completions of the examples' prompts, sampled over the full vocabulary. The prompts travel as
   * tokens, so that trainer and server read the same.
   *
   * @param samples completions per prompt
   * @param temperature 0 is greedy
   */
  static Rollout rollout(
      RlaifClient client,
      String policy,
      PromptEncoder encoder,
      List<Example> prompts,
      int samples,
      double temperature,
      int maxTokens,
      long seed) {
    RolloutRequest request =
        RolloutRequest.newBuilder()
            .setModel(policy)
            .addAllPrompts(
                prompts.stream()
                    .map(each -> tokens(encoder.prompt("example " + each.id(), each.prompt())))
                    .toList())
            .setSamples(samples)
            .setSampling(
                Sampling.newBuilder()
                    .setTemperature((float) temperature)
                    .setMaxTokens(maxTokens)
                    .setSeed(seed))
            .build();
    return Rollout.of(prompts, client.rollout(request));
  }

  /** Scores at the last token of each sequence, with the model's mean and deviation taken out. */
  static double[] scores(RlaifClient client, String rewardModel, List<Sequence> sequences) {
    ScoreRequest.Builder request = ScoreRequest.newBuilder().setModel(rewardModel);
    for (Sequence sequence : sequences) {
      request
          .addItemsBuilder()
          .setPrompt(tokens(sequence.prompt()))
          .setCompletion(tokens(sequence.completion()));
    }
    return client.score(request.build()).getScoresList().stream()
        .mapToDouble(Float::doubleValue)
        .toArray();
  }

  private static Input tokens(int[] ids) {
    return RlaifClient.tokens(ids);
  }
}
