package org.rlaif.training.rewards;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.rlaif.client.RlaifClient;
import org.rlaif.judge.Judge;

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

  /** Whether it asks the run's judge, which must then be one that rates. */
  default boolean needsJudge() {
    return false;
  }

  /**
   * Whom parts may ask.
   *
   * @param client of the server of the run's models
   * @param rewardModels the names there of the reward model, or of all members of an ensemble;
   *     empty if there is none
   * @param judge of the run; null if no part {@linkplain #needsJudge() needs} it
   */
  record Server(RlaifClient client, List<String> rewardModels, @Nullable Judge judge) {
    /** Without a judge. */
    public Server(RlaifClient client, List<String> rewardModels) {
      this(client, rewardModels, null);
    }
  }
}
