package org.rlaif.training.rewards;

import java.util.Objects;

/** What the environment says in the end; a part of every reward where there is an environment. */
public record EnvironmentReward() implements RewardKind {
  @Override
  public double weight() {
    return 1;
  }

  @Override
  public String label() {
    return "environment";
  }

  @Override
  public RewardSource open(Server server) {
    return completions ->
        completions.stream()
            .mapToDouble(
                each -> Objects.requireNonNull(each.outcome(), "no outcome of " + each.id()))
            .toArray();
  }
}
