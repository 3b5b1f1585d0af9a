package org.rlaif.training.rollouts;

import java.util.List;
import org.rlaif.client.RlaifClient;
import org.rlaif.kit.Example;
import org.rlaif.model.PromptEncoder;
import org.rlaif.v1.RolloutRequest;
import org.rlaif.v1.RolloutResponse;
import org.rlaif.v1.Sampling;

/** Asks a served policy for completions. */
public final class RolloutClient {
  private RolloutClient() {}

  /**
   * Completions of the examples' prompts, sampled over the full vocabulary. The prompts travel as
   * tokens, so that trainer and server read the same.
   *
   * @param samples completions per prompt
   * @param temperature 0 is greedy
   */
  public static Rollout rollout(
      RlaifClient client,
      String policy,
      PromptEncoder encoder,
      List<Example> prompts,
      int samples,
      double temperature,
      int maxTokens,
      long seed) {
    List<int[]> tokens = prompts.stream().map(each -> tokens(encoder, each)).toList();
    return Rollout.of(
        prompts, responses(client, policy, tokens, samples, temperature, maxTokens, seed));
  }

  /** The tokens of an example's prompt. */
  static int[] tokens(PromptEncoder encoder, Example example) {
    return encoder.prompt("example " + example.id(), example.prompt());
  }

  /** The same of prompts in tokens, as the server gives it: ordered by prompt, then by sample. */
  static List<RolloutResponse> responses(
      RlaifClient client,
      String policy,
      List<int[]> prompts,
      int samples,
      double temperature,
      int maxTokens,
      long seed) {
    RolloutRequest request =
        RolloutRequest.newBuilder()
            .setModel(policy)
            .addAllPrompts(prompts.stream().map(RlaifClient::tokens).toList())
            .setSamples(samples)
            .setSampling(
                Sampling.newBuilder()
                    .setTemperature((float) temperature)
                    .setMaxTokens(maxTokens)
                    .setSeed(seed))
            .build();
    return client.rollout(request);
  }
}
