package org.rlaif.training.evaluation;

import org.jspecify.annotations.Nullable;
import org.rlaif.client.RlaifClient;
import org.rlaif.model.ModelFolder;

/**
 * The models that meet in an evaluation.
 *
 * @param sft where the policy started: the reference of the KL
 * @param client of the server of all
 * @param names under which they are served
 */
public record EvaluatedModels(
    ModelFolder sft, ModelFolder policy, RlaifClient client, Names names) {
  /**
   * Names on a server.
   *
   * @param reward null: there is no reward model, and nothing is scored
   */
  public record Names(String sft, String policy, @Nullable String reward) {}
}
