package org.rlaif.training.onpolicy;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.rlaif.model.ModelFolder;
import org.rlaif.model.PromptEncoder;
import org.rlaif.torch.Torch;
import org.rlaif.training.onpolicy.OnPolicyAlgorithm.Advantages;
import org.rlaif.training.onpolicy.OnPolicyAlgorithm.Experience;
import org.rlaif.training.rollouts.Rollout;

/**
 * What a stage's first update learns, once more, from the batch that it has left: the same
 * networks, seed and settings, and no server.
 *
 * @param metrics those of the update's row that come of learning
 * @param rows of the batch, with what the networks say of them
 */
public record FirstUpdate(Metrics metrics, List<RolloutRow> rows) {

  /** Figures of {@code metrics.jsonl}, side by side as they are there. */
  public record Metrics(
      @JsonUnwrapped UpdateRow.Seen seen, @JsonUnwrapped Learner.Learned learned) {}

  /**
   * Learns it.
   *
   * @param policy where the policy starts
   * @param reward the reward model's folder; null: there is none
   * @param batch the first batch's rows
   */
  public static FirstUpdate of(
      OnPolicyLoop loop, ModelFolder policy, @Nullable ModelFolder reward, List<RolloutRow> batch) {
    Torch.seed(loop.seed());
    Rollout rollout =
        RolloutRow.batch(batch, PromptEncoder.of(policy), policy.config().contextLength());
    double[] scores = batch.stream().mapToDouble(RolloutRow::score).toArray();
    try (Learner learner =
        new Learner(
            loop.algorithm(),
            loop.config(),
            loop.adapter(),
            policy,
            reward,
            loop.seed(),
            loop.device())) {
      var seen =
          new Sampling.Batch(
              rollout,
              groups(batch, loop.algorithm().samples()),
              scores,
              Sampling.shaped(loop.config(), scores, rollout),
              Map.of(),
              new Sampling.Asked(null, null, null, null));
      double kl = OnPolicyState.begin(loop.config()).klCoefficient();
      Learner.View view = learner.look(rollout);
      Experience experience = learner.experience(seen, view, kl);
      Advantages estimated = loop.algorithm().advantages(experience);
      Learner.Learned learned =
          learner.train(
              new Learner.Lesson(
                  rollout,
                  seen.groups(),
                  view,
                  estimated,
                  /* update= */ 0,
                  kl,
                  loop.name() + ", update 0 again"));
      return new FirstUpdate(
          new Metrics(
              UpdateRow.Seen.of(seen, loop.config().writesQuantised(), view, experience, estimated),
              learned),
          RolloutRow.of(rollout, view, scores, experience.rewards()));
    }
  }

  /** How many completions of one prompt stand side by side, prompt by prompt. */
  private static int[] groups(List<RolloutRow> batch, int samples) {
    List<Integer> groups = new ArrayList<>();
    int size = 0;
    for (int i = 0; i < batch.size(); i++) {
      size++;
      boolean ends =
          size == samples
              || i + 1 == batch.size()
              || !batch.get(i + 1).id().equals(batch.get(i).id());
      if (ends) {
        groups.add(size);
        size = 0;
      }
    }
    return groups.stream().mapToInt(Integer::intValue).toArray();
  }
}
