package org.rlaif.training.evaluation;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.rlaif.kit.Message;
import org.rlaif.kit.Prompt;
import org.rlaif.training.rollouts.Rollout;

/**
 * One prompt of an evaluation with an environment, and what came of it.
 *
 * @param seed that the environment was told, in both episodes
 * @param sft by the policy that the training started from
 */
public record EpisodeSample(String id, long seed, Prompt prompt, Played sft, Played policy) {

  /**
   * An episode behind its prompt.
   *
   * @param reward the environment's, null if it knows none
   */
  public record Played(List<Message> turns, @Nullable Double reward, boolean ended) {
    static Played of(Rollout rollout, int row) {
      Rollout.History history = rollout.histories().get(row);
      List<Message> turns = new ArrayList<>(history.turns());
      turns.add(Message.assistant(rollout.texts().get(row)));
      double reward = history.reward();
      return new Played(turns, Double.isNaN(reward) ? null : reward, rollout.ended()[row]);
    }

    /** NaN if the environment knows none. */
    public double rewardOrNaN() {
      return reward == null ? Double.NaN : reward;
    }

    /** Turns of the policy's. */
    long policyTurns() {
      return turns.stream().filter(each -> each.isBy(Message.ASSISTANT)).count();
    }
  }

  static EpisodeSample of(Rollout sft, Rollout policy, int row) {
    return new EpisodeSample(
        sft.prompts().get(row).id(),
        sft.histories().get(row).seed(),
        sft.prompts().get(row).prompt(),
        Played.of(sft, row),
        Played.of(policy, row));
  }
}
