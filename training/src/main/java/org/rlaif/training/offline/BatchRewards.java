package org.rlaif.training.offline;

import java.util.Map;
import org.rlaif.training.learning.Averages;

/**
 * What the policy makes of a batch, gathered part by part, under the names that TRL has for it: its
 * implicit rewards, beta * (log pi - log pi_ref), and its log-probabilities, of what is better
 * ({@code chosen}) and of what is worse ({@code rejected}). Both rewards may fall while the margin
 * grows, so each is there.
 */
final class BatchRewards {
  private Averages means = new Averages();

  /** Forgets the batch before. */
  void begin() {
    means = new Averages();
  }

  /**
   * Adds a completion.
   *
   * @return its reward
   */
  double add(boolean better, double logprob, double reference, double beta) {
    String side = better ? "chosen" : "rejected";
    double reward = beta * (logprob - reference);
    means.add("rewards/" + side, reward);
    means.add("logps/" + side, logprob);
    return reward;
  }

  /** Adds rewards of the same prompt, to be compared. */
  void compare(double better, double worse) {
    means.add("rewards/margins", better - worse);
    means.add("rewards/accuracies", better > worse ? 1 : 0);
  }

  /** Adds a mean of another kind, over so many. */
  void add(String name, double mean, int n) {
    for (int i = 0; i < n; i++) {
      means.add(name, mean);
    }
  }

  /** Means over all that was added, by name. */
  Map<String, Double> toMap() {
    return means.toMap();
  }
}
