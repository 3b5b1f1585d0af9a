package org.rlaif.training.evaluation;

import org.jspecify.annotations.Nullable;
import org.rlaif.client.RlaifClient;
import org.rlaif.model.ModelFolder;
import org.rlaif.training.rewards.RewardSource;

/**
 * The models that meet in an evaluation.
 *
 * @param sft where the policy started: the reference of the KL
 * @param client of the server of all
 * @param names under which they are served
 * @param reward what scores by the reward model; null: there is none, and nothing is scored
 */
public record EvaluatedModels(
    ModelFolder sft,
    ModelFolder policy,
    RlaifClient client,
    Names names,
    @Nullable RewardSource reward) {
  /** Names on a server. */
  public record Names(String sft, String policy) {}
}
