package org.rlaif.training.rewards;

import java.util.List;
import org.rlaif.client.RlaifClient;

/** One part of the reward: its settings, which open it. */
public interface RewardKind {

  /** Of this part in the sum; a negative one makes it a cost. */
  double weight();

  /** In metrics, such as {@code rubric:general}. */
  String label();

  /** Opens it; an error names a setting that cannot work. */
  RewardSource open(Server server);

  /** Refuses, before anything runs, a setting that cannot work. */
  default void check() {}

  /** Of what its settings only name, and what decides its scores as well; else empty. */
  default String content() {
    return "";
  }

  /** Whether it asks the run's reward model, which must then be there. */
  default boolean needsModel() {
    return false;
  }

  /**
   * Where the run's models are served.
   *
   * @param rewardModels the names there of the reward model, or of all members of an ensemble;
   *     empty if there is none
   */
  record Server(RlaifClient client, List<String> rewardModels) {}
}
