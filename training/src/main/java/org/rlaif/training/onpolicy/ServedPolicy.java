package org.rlaif.training.onpolicy;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.rlaif.client.RlaifClient;
import org.rlaif.kit.Example;
import org.rlaif.model.PromptEncoder;
import org.rlaif.training.config.OnPolicyConfig;
import org.rlaif.training.environments.Environment;
import org.rlaif.training.rollouts.Episodes;
import org.rlaif.training.rollouts.Rollout;
import org.rlaif.training.rollouts.RolloutClient;

/**
 * The policy as the server has it: answers prompts, or plays episodes with the environment.
 *
 * @param name under which it is served
 * @param environment that answers it; null: nobody does
 * @param contextLength in tokens, as every model can read
 * @param samples completions per prompt
 * @param offset of the server's versions of its weights to ours
 */
record ServedPolicy(
    RlaifClient client,
    String name,
    @Nullable Environment environment,
    int contextLength,
    PromptEncoder encoder,
    OnPolicyConfig config,
    int samples,
    long offset)
    implements Sampling.Policy {
  @Override
  public Rollout answer(List<Example> prompts, long seed) {
    return (config.environment() == null ? complete(prompts, seed) : play(prompts, seed))
        .numberedFrom(offset);
  }

  private Rollout complete(List<Example> prompts, long seed) {
    return RolloutClient.rollout(
        client, name, encoder, prompts, samples, config.temperature(), config.maxTokens(), seed);
  }

  private Rollout play(List<Example> prompts, long seed) {
    return new Episodes(
            Objects.requireNonNull(environment, "the environment of the settings"),
            Objects.requireNonNull(config.environment()).turns(),
            contextLength)
        .play(
            client,
            name,
            encoder,
            prompts,
            samples,
            config.temperature(),
            config.maxTokens(),
            seed);
  }
}
