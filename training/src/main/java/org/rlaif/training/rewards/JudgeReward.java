package org.rlaif.training.rewards;

import java.util.List;
import java.util.Objects;
import org.rlaif.judge.Judge;
import org.rlaif.judge.Rated;
import org.rlaif.judge.Rating;
import org.rlaif.kit.UserError;

/**
 * The rating that the run's judge gives each completion by itself, from -1 to 1: direct RLAIF,
 * without labels and without a reward model (Lee et al. 2023, arXiv 2309.00267). One that the judge
 * could not rate is missing.
 */
public record JudgeReward(double weight) implements RewardKind {
  @Override
  public String label() {
    return "judge";
  }

  @Override
  public boolean needsJudge() {
    return true;
  }

  @Override
  public RewardSource open(Server server) {
    Judge judge = Objects.requireNonNull(server.judge(), "judge");
    return completions -> {
      List<Rating> ratings =
          judge.rateAll(
              completions.stream()
                  .map(each -> new Rated(each.prompt().transcript(), each.completion()))
                  .toList());
      UserError.require(
          ratings.size() == completions.size(),
          judge.name(),
          ratings.size() + " ratings",
          "one for each of %d completions".formatted(completions.size()));
      return ratings.stream()
          .mapToDouble(each -> each.value() == null ? Double.NaN : each.value())
          .toArray();
    };
  }
}
