package org.rlaif.training.rewards;

import org.rlaif.judge.JudgeSettings;
import org.rlaif.judge.Rubric;
import org.rlaif.judge.RubricJudge;
import org.rlaif.kit.ConfigFiles;

/**
 * A rubric's score, computed from the text alone: a direct rating, without labels and without a
 * reward model.
 *
 * @param rubric a shipped name or a YAML file
 */
public record RubricReward(String rubric, double weight) implements RewardKind {
  @Override
  public String label() {
    return "rubric:" + rubric;
  }

  @Override
  public String content() {
    return ConfigFiles.hash(Rubric.load(rubric));
  }

  @Override
  public void check() {
    Rubric.load(rubric);
  }

  @Override
  public RewardSource open(Server server) {
    var judge = new RubricJudge(Rubric.load(rubric), new JudgeSettings(0, 0, 1, 0));
    return completions ->
        completions.stream()
            .mapToDouble(each -> judge.score(each.prompt().transcript(), each.completion()))
            .toArray();
  }
}
