package org.rlaif.training.onpolicy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.rlaif.training.onpolicy.ToyLoop.toy;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlaif.client.RlaifClient;
import org.rlaif.kit.JsonLines;
import org.rlaif.kit.Prompt;
import org.rlaif.kit.UserError;
import org.rlaif.model.ModelFolder;
import org.rlaif.serving.grpc.RlaifServer;
import org.rlaif.torch.Device;
import org.rlaif.training.checkpoint.Checkpoints;
import org.rlaif.training.config.AdapterConfig;
import org.rlaif.training.config.OnPolicyConfig;
import org.rlaif.training.config.RunConfig;
import org.rlaif.training.learning.Toy;
import org.rlaif.training.learning.ToyModels;
import org.rlaif.training.rewards.ClassReward;
import org.rlaif.training.rewards.RewardKind;
import org.rlaif.training.rewards.RewardSource;
import org.rlaif.training.rewards.SampledCompletion;
import org.rlaif.training.rewards.WeightedReward;

/** What completions are worth: parts of a reward, and those that are missing or all the same. */
class OnPolicyRewardsTest {
  @TempDir private Path out;

  /** Without a reward model: a class of the user's, and a rubric as a cost. */
  @Test
  void rewardsAreAWeightedSumOfNamedParts() throws Exception {
    OnPolicyConfig config =
        toy(
                "onPolicy.updates=2",
                "onPolicy.rewards=[{kind: class, type: %s, weight: 2}, {kind: rubric, rubric: general, weight: -0.5}]"
                    .formatted(YesCounts.class.getName()))
            .onPolicy();
    try (ModelFolder policy = ModelFolder.open(ToyModels.sft());
        RlaifServer server = ToyModels.serve();
        RlaifClient client = ToyModels.client(server)) {
      new OnPolicyLoop(
              "ppo",
              Algorithms.of(toy()),
              config,
              AdapterConfig.NONE,
              0,
              Device.CPU,
              Checkpoints.none())
          .run(
              new OnPolicyLoop.Models(
                  policy, null, client, "policy", new RewardKind.Server(client, List.of("nobody"))),
              Toy.examples(60, 9),
              0,
              out);
    }
    JsonNode row = JsonLines.read(out.resolve("metrics.jsonl"), JsonNode.class).get(0);
    JsonNode parts = row.get("rewards");
    assertEquals(
        2 * parts.get("OnPolicyRewardsTest$YesCounts").asDouble()
            - 0.5 * parts.get("rubric:general").asDouble(),
        row.get("score").asDouble(),
        1e-9);
    for (RolloutRow each : JsonLines.read(out.resolve("rollouts/0001.jsonl"), RolloutRow.class)) {
      assertTrue(Double.isFinite(each.score()));
    }
  }

  /** As many as it has; what it cannot say it must not be silent about. */
  public static final class YesCounts implements RewardSource {
    @Override
    public double[] score(List<SampledCompletion> completions) {
      return completions.stream()
          .mapToDouble(each -> each.completion().split(" yes", -1).length - 1)
          .toArray();
    }
  }

  @Test
  void aRewardThatIsMissingEndsTheRunByName() {
    var reward = silent(/* leavesOut= */ false);
    var written =
        new SampledCompletion("7", Prompt.of("p"), "c", new int[] {1}, new int[] {2}, true);
    assertEquals(
        "reward OnPolicyRewardsTest$Silent, example 7: NaN (expected: a finite number)",
        assertThrows(UserError.class, () -> reward.of(List.of(written))).getMessage());
    assertTrue(Double.isNaN(silent(/* leavesOut= */ true).of(List.of(written)).sums()[0]));
    String message =
        assertThrows(UserError.class, new ClassReward("org.example.None", 1)::check).getMessage();
    assertTrue(message.startsWith("onPolicy.rewards: class org.example.None: "), message);
  }

  private static WeightedReward silent(boolean leavesOut) {
    return new WeightedReward(
        List.of(new ClassReward(Silent.class.getName(), 1)),
        new RewardKind.Server(
            RlaifClient.open("inprocess:nobody", Duration.ofSeconds(1)), List.of()),
        leavesOut);
  }

  /** Says nothing. */
  public static final class Silent implements RewardSource {
    @Override
    public double[] score(List<SampledCompletion> completions) {
      return new double[] {Double.NaN};
    }
  }

  /** Nobody says what a short answer is worth; the others are learned from. */
  @Test
  void aRewardThatIsMissingLeavesItsCompletionOut() throws Exception {
    String rewards =
        "onPolicy.rewards=[{kind: class, type: %s, weight: 1}]".formatted(LongOnes.class.getName());
    for (String algorithm : List.of("ppo", "grpo", "online_dpo", "rrhf", "rejection")) {
      RunConfig config =
          toy(
              "algorithm=" + algorithm,
              "onPolicy.updates=2",
              rewards,
              "onPolicy.missingReward=leave_out");
      OnPolicyFigures figures = run(config, algorithm);
      List<RolloutRow> rows =
          JsonLines.read(out.resolve(algorithm).resolve("rollouts/0000.jsonl"), RolloutRow.class);
      int missing = metrics(algorithm).get(0).get("missingRewards").asInt();
      assertTrue(missing > 0 && rows.size() <= 16 - missing, algorithm);
      for (RolloutRow row : rows) {
        assertTrue(row.completion().length() > 5, row.completion());
      }
      assertTrue(figures.leftOut().missingRewards() >= missing);
      UserError error =
          assertThrows(
              UserError.class,
              () -> run(toy("algorithm=" + algorithm, rewards), algorithm + "-fails"));
      assertTrue(error.getMessage().contains("NaN (expected: a finite number)"));
    }
  }

  /** Of one word nothing is known. */
  public static final class LongOnes implements RewardSource {
    @Override
    public double[] score(List<SampledCompletion> completions) {
      return completions.stream()
          .mapToDouble(
              each ->
                  each.completion().length() > 5
                      ? each.completion().split(" yes", -1).length
                      : Double.NaN)
          .toArray();
    }
  }

  /** Where nothing tells completions apart, it asks on, as often as it may. */
  @Test
  void dapoAsksForGroupsThatDiffer() throws Exception {
    String rewards =
        "onPolicy.rewards=[{kind: class, type: %s, weight: 1}]".formatted(Rare.class.getName());
    RunConfig config = toy("algorithm=dapo", "onPolicy.updates=2", rewards, "dapo.samples=2");
    OnPolicyFigures figures = run(config, "dapo");
    JsonNode first = metrics("dapo").get(0);
    int dropped = first.get("droppedGroups").asInt();
    int kept = JsonLines.read(out.resolve("dapo/rollouts/0000.jsonl"), RolloutRow.class).size() / 2;
    assertTrue(dropped > 0 && first.get("rounds").asInt() > 1, first.toString());
    assertEquals(
        (double) dropped / (dropped + kept), first.get("groupsWithoutVariance").asDouble(), 1e-9);
    assertTrue(figures.leftOut().droppedGroups() >= dropped);
    RunConfig all = toy("algorithm=grpo", "onPolicy.updates=1", rewards, "grpo.samples=2");
    assertTrue(
        run(all, "grpo").leftOut().groupsWithoutVariance() > 0, "GRPO keeps them, and says so");
    RunConfig never =
        toy(
            "algorithm=dapo",
            "onPolicy.updates=1",
            "onPolicy.rewards=[{kind: class, type: %s, weight: 1}]"
                .formatted(Indifferent.class.getName()));
    assertEquals(1, run(never, "never").leftOut().groupsWithoutVariance());
    assertEquals(3, metrics("never").get(0).get("rounds").asInt());
  }

  /** Everything is worth the same. */
  public static final class Indifferent implements RewardSource {
    @Override
    public double[] score(List<SampledCompletion> completions) {
      return new double[completions.size()];
    }
  }

  /** A point for three times yes. */
  public static final class Rare implements RewardSource {
    @Override
    public double[] score(List<SampledCompletion> completions) {
      return completions.stream()
          .mapToDouble(each -> each.completion().equals(" yes yes yes") ? 1 : 0)
          .toArray();
    }
  }

  private OnPolicyFigures run(RunConfig config, String name) {
    return ToyLoop.run(config, 0, out.resolve(name));
  }

  private List<JsonNode> metrics(String name) {
    return ToyLoop.metrics(out.resolve(name));
  }
}
