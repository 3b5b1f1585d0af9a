package org.rlaif.training.onpolicy;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
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
import org.rlaif.training.config.AdamConfig;
import org.rlaif.training.config.AdapterConfig;
import org.rlaif.training.config.CispoConfig;
import org.rlaif.training.config.GrpoConfig;
import org.rlaif.training.config.GspoConfig;
import org.rlaif.training.config.OnPolicyConfig;
import org.rlaif.training.config.PpoConfig;
import org.rlaif.training.config.ReinforceConfig;
import org.rlaif.training.config.RlooConfig;
import org.rlaif.training.learning.Clockless;
import org.rlaif.training.learning.Toy;
import org.rlaif.training.learning.ToyModels;
import org.rlaif.training.rewards.ClassReward;
import org.rlaif.training.rewards.ModelReward;
import org.rlaif.training.rewards.RewardKind;
import org.rlaif.training.rewards.RewardSource;
import org.rlaif.training.rewards.RubricReward;
import org.rlaif.training.rewards.SampledCompletion;
import org.rlaif.training.rewards.WeightedReward;

class OnPolicyLoopTest {
  static final OnPolicyAlgorithm PPO = new Ppo(new PpoConfig(0.2, 1, 0.95, 3e-3, 0.2), 0.05);

  @TempDir private Path out;

  @Test
  void scoreRisesWhileBothEnginesAgree() throws Exception {
    OnPolicyFigures figures = run(config(12, 3e-3), 0, out);
    List<JsonNode> rows = JsonLines.read(out.resolve("metrics.jsonl"), JsonNode.class);
    assertEquals(12, rows.size());

    double start = rows.get(0).get("score").asDouble();
    double end = rows.get(11).get("score").asDouble();
    assertTrue(end > start + 0.5, "score from " + start + " to " + end);
    assertTrue(figures.kl() > 0.05, "kl " + figures.kl());

    for (JsonNode row : rows) {
      assertEquals(0, row.get("parity").asDouble(), 1e-4, row.toString());
      assertEquals(0, row.get("publishParity").asDouble(), 1e-4, row.toString());
      assertProved(row);
      assertEquals(1, row.get("firstRatioMin").asDouble(), 1e-4, row.toString());
      assertEquals(1, row.get("firstRatioMax").asDouble(), 1e-4, row.toString());
    }
    assertEquals(0, rows.get(0).get("kl").asDouble(), 1e-4);
    assertTrue(rows.get(0).get("ratioMax").asDouble() > 1.001, "the policy moves");
  }

  @Test
  void keepsEveryRolloutTokenForToken() throws Exception {
    run(config(2, 1e-3), 0, out);
    List<RolloutRow> first = JsonLines.read(out.resolve("rollouts/0000.jsonl"), RolloutRow.class);
    List<RolloutRow> second = JsonLines.read(out.resolve("rollouts/0001.jsonl"), RolloutRow.class);
    assertEquals(16, first.size());
    for (RolloutRow row : first) {
      assertEquals(row.tokens().length, row.logprobs().length);
      assertArrayEquals(row.logprobs(), row.referenceLogprobs(), 1e-4f);
    }
    assertTrue(second.get(0).weightsVersion() > first.get(0).weightsVersion());
    // The reward of an ended completion is its score less the KL penalty.
    for (RolloutRow row : second) {
      if (row.ended()) {
        assertEquals(row.score() - 0.05 * row.kl(), row.reward(), 1e-4);
      }
    }
  }

  @Test
  void sameSeedSameFigures() throws Exception {
    ObjectNode once = Clockless.of(run(config(2, 1e-3), 1, folder("once")));
    ObjectNode again = Clockless.of(run(config(2, 1e-3), 1, folder("again")));
    assertEquals(once, again);
    assertEquals(
        JsonLines.read(out.resolve("once/rollouts/0001.jsonl"), JsonNode.class),
        JsonLines.read(out.resolve("again/rollouts/0001.jsonl"), JsonNode.class));
  }

  @Test
  void endsByNameWhenTheTrainingBlowsUp() {
    UserError error = assertThrows(UserError.class, () -> run(config(3, 1e30), 0, out));
    assertTrue(error.getMessage().startsWith("ppo, update 0, "), error.getMessage());
    assertTrue(error.getMessage().contains("expected: a finite number"), error.getMessage());
  }

  /** What was published is far nearer to what was expected than what it replaced. */
  static void assertProved(JsonNode row) {
    assertTrue(row.path("publishUndetermined").isMissingNode(), row.toString());
    double old = row.get("publishOldDifference").asDouble();
    assertTrue(row.get("publishDifference").asDouble() <= old / 4, row.toString());
  }

  private Path folder(String name) throws Exception {
    return Files.createDirectories(out.resolve(name));
  }

  @Test
  void aMinibatchInPartsMakesTheSameStep() throws Exception {
    Map<?, ?> whole = firstUpdate(config(1, 1e-3, 1, 16, null), "whole");
    Map<?, ?> parts = firstUpdate(config(1, 1e-3, 1, 16, 3), "parts");
    for (String name :
        List.of(
            "policyLoss",
            "valueLoss",
            "policyGradientNorm",
            "valueGradientNorm",
            "ratioMean",
            "clipFraction",
            "approximateKl",
            "firstRatioMin",
            "firstRatioMax",
            "ratioMax")) {
      double expected = (double) whole.get(name);
      assertEquals(
          expected, (double) parts.get(name), 1e-6 * Math.max(1, Math.abs(expected)), name);
    }
    firstUpdate(config(1, 1e-3, 1, 16, 16), "one");
    assertEquals(
        -1,
        Files.mismatch(
            out.resolve("whole/model/model.safetensors"),
            out.resolve("one/model/model.safetensors")),
        "one part is the whole, bit for bit");
  }

  private Map<?, ?> firstUpdate(OnPolicyConfig config, String name) throws Exception {
    run(config, 1, folder(name));
    return JsonLines.read(out.resolve(name).resolve("metrics.jsonl"), Map.class).get(0);
  }

  static OnPolicyConfig config(int updates, double learningRate) {
    return config(updates, learningRate, 2, 8, null);
  }

  private static OnPolicyConfig config(
      int updates, double learningRate, int epochs, int minibatch, Integer microbatch) {
    return new OnPolicyConfig(
        List.of(new ModelReward(1)),
        updates,
        16,
        epochs,
        minibatch,
        microbatch,
        learningRate,
        0.1,
        0.1,
        1,
        new AdamConfig(0.9, 0.95, 1e-5, 0),
        0.05,
        2,
        5,
        1,
        8,
        null);
  }

  private static OnPolicyFigures run(OnPolicyConfig config, long seed, Path folder) {
    return run(PPO, config, seed, folder);
  }

  private static OnPolicyFigures run(
      OnPolicyAlgorithm algorithm, OnPolicyConfig config, long seed, Path folder) {
    try (ModelFolder policy = ModelFolder.open(ToyModels.sft());
        ModelFolder reward = ModelFolder.open(ToyModels.reward());
        RlaifServer server = ToyModels.serve();
        RlaifClient client = ToyModels.client(server)) {
      return new OnPolicyLoop(
              "ppo", algorithm, config, AdapterConfig.NONE, seed, Device.CPU, Checkpoints.none())
          .run(
              new OnPolicyLoop.Models(policy, reward, client, "policy", "reward"),
              Toy.examples(60, 9),
              /* tooLong= */ 0,
              folder);
    }
  }

  /** What the rewards like is learned by every algorithm, with the engines at one. */
  @Test
  void everyAlgorithmLearns() throws Exception {
    Map<String, OnPolicyAlgorithm> algorithms =
        Map.of(
            "reinforce", new Reinforce(new ReinforceConfig(0.2), 0.05),
            "gspo", new Gspo(new GspoConfig(4, 0.1, 0.1), 0.05),
            "cispo", new Cispo(new CispoConfig(4, 0.2), 0.05),
            "rloo", new Rloo(new RlooConfig(4, 0.2), 0.05),
            "grpo", new Grpo(new GrpoConfig(4, 0.2), 0.05, 8, /* unbiased= */ false),
            "dr_grpo", new Grpo(new GrpoConfig(4, 0.2), 0.05, 8, /* unbiased= */ true));
    for (String name : algorithms.keySet()) {
      OnPolicyFigures figures = run(algorithms.get(name), config(12, 3e-3), 0, folder(name));
      assertTrue(
          figures.score() > figures.start().score() + 0.3,
          name + ": score from " + figures.start().score() + " to " + figures.score());
      List<JsonNode> rows =
          JsonLines.read(out.resolve(name).resolve("metrics.jsonl"), JsonNode.class);
      for (JsonNode row : rows) {
        assertEquals(0, row.get("parity").asDouble(), 1e-4, row.toString());
        assertEquals(1, row.get("firstRatioMax").asDouble(), 1e-4, row.toString());
        assertTrue(row.path("valueLoss").isMissingNode(), "there is no critic");
      }
      // Completions of one prompt stand side by side.
      List<RolloutRow> first =
          JsonLines.read(out.resolve(name).resolve("rollouts/0000.jsonl"), RolloutRow.class);
      int samples = algorithms.get(name).samples();
      for (int i = 0; i < first.size(); i++) {
        assertEquals(first.get(i - i % samples).id(), first.get(i).id());
      }
    }
  }

  /** Without a reward model: a class of the user's, and a rubric as a cost. */
  @Test
  void rewardsAreAWeightedSumOfNamedParts() throws Exception {
    OnPolicyConfig brief = config(2, 1e-3);
    var config =
        new OnPolicyConfig(
            List.of(
                new ClassReward(YesCounts.class.getName(), 2), new RubricReward("general", -0.5)),
            brief.updates(),
            brief.batch(),
            brief.epochs(),
            brief.minibatch(),
            null,
            brief.learningRate(),
            brief.warmup(),
            brief.finalFraction(),
            brief.maxGradientNorm(),
            brief.adam(),
            brief.klCoefficient(),
            brief.missingEndPenalty(),
            brief.scoreClip(),
            brief.temperature(),
            brief.maxTokens(),
            null);
    try (ModelFolder policy = ModelFolder.open(ToyModels.sft());
        RlaifServer server = ToyModels.serve();
        RlaifClient client = ToyModels.client(server)) {
      new OnPolicyLoop("ppo", PPO, config, AdapterConfig.NONE, 0, Device.CPU, Checkpoints.none())
          .run(
              new OnPolicyLoop.Models(policy, null, client, "policy", "nobody"),
              Toy.examples(60, 9),
              0,
              out);
    }
    JsonNode row = JsonLines.read(out.resolve("metrics.jsonl"), JsonNode.class).get(0);
    JsonNode parts = row.get("rewards");
    assertEquals(
        2 * parts.get("OnPolicyLoopTest$YesCounts").asDouble()
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
    var reward =
        new WeightedReward(
            List.of(new ClassReward(Silent.class.getName(), 1)),
            new RewardKind.Server(RlaifClient.open("inprocess:nobody", Duration.ofSeconds(1)), ""));
    var written =
        new SampledCompletion("7", Prompt.of("p"), "c", new int[] {1}, new int[] {2}, true);
    assertEquals(
        "reward OnPolicyLoopTest$Silent, example 7: NaN (expected: a finite number)",
        assertThrows(UserError.class, () -> reward.of(List.of(written))).getMessage());
    String message =
        assertThrows(UserError.class, new ClassReward("org.example.None", 1)::check).getMessage();
    assertTrue(message.startsWith("onPolicy.rewards: class org.example.None: "), message);
  }

  /** Says nothing. */
  public static final class Silent implements RewardSource {
    @Override
    public double[] score(List<SampledCompletion> completions) {
      return new double[] {Double.NaN};
    }
  }
}
