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
import java.util.ArrayList;
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
import org.rlaif.training.config.AdapterConfig;
import org.rlaif.training.config.Algorithm;
import org.rlaif.training.config.OnPolicyConfig;
import org.rlaif.training.config.RunConfig;
import org.rlaif.training.learning.Clockless;
import org.rlaif.training.learning.Toy;
import org.rlaif.training.learning.ToyModels;
import org.rlaif.training.rewards.ClassReward;
import org.rlaif.training.rewards.RewardKind;
import org.rlaif.training.rewards.RewardSource;
import org.rlaif.training.rewards.SampledCompletion;
import org.rlaif.training.rewards.WeightedReward;

class OnPolicyLoopTest {
  static final OnPolicyAlgorithm PPO = Algorithms.of(toy());

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

  /** The defaults, in sizes for the toy task. */
  static RunConfig toy(String... settings) {
    List<String> all =
        new ArrayList<>(
            List.of(
                "onPolicy.updates=12",
                "onPolicy.batch=16",
                "onPolicy.minibatch=8",
                "onPolicy.learningRate=3e-3",
                "onPolicy.maxTokens=8",
                "ppo.valueLearningRate=3e-3",
                "reinforce.valueLearningRate=3e-3",
                "rloo.samples=4",
                "grpo.samples=4",
                "gspo.samples=4",
                "gspo.clipLow=0.1",
                "gspo.clipHigh=0.1",
                "cispo.samples=4",
                "dapo.samples=4",
                "rrhf.learningRate=3e-3"));
    all.addAll(List.of(settings));
    return RunConfig.load(null, all);
  }

  static OnPolicyConfig config(int updates, double learningRate) {
    return config(updates, learningRate, 2, 8, null);
  }

  private static OnPolicyConfig config(
      int updates, double learningRate, int epochs, int minibatch, Integer microbatch) {
    return toy(
            "onPolicy.updates=" + updates,
            "onPolicy.learningRate=" + learningRate,
            "onPolicy.epochs=" + epochs,
            "onPolicy.minibatch=" + minibatch,
            "onPolicy.microbatch=" + microbatch)
        .onPolicy();
  }

  private List<JsonNode> metrics(String name) {
    return JsonLines.read(out.resolve(name).resolve("metrics.jsonl"), JsonNode.class);
  }

  private OnPolicyFigures run(RunConfig config, String name) throws Exception {
    return run(Algorithms.of(config), config.onPolicy(), 0, folder(name));
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
              new OnPolicyLoop.Models(
                  policy,
                  reward,
                  client,
                  "policy",
                  new RewardKind.Server(client, List.of("reward"))),
              Toy.examples(60, 9),
              /* tooLong= */ 0,
              folder);
    }
  }

  /** What the rewards like is learned by every algorithm, with the engines at one. */
  @Test
  void everyAlgorithmLearns() throws Exception {
    for (Algorithm algorithm : Algorithm.values()) {
      if (algorithm.isOnPolicy() && algorithm != Algorithm.PPO) {
        learns(algorithm.word(), algorithm.word());
      }
    }
  }

  @Test
  void reinforceLearnsWithAValueNetwork() throws Exception {
    learns("value", "reinforce", "reinforce.baseline=value");
    for (JsonNode row : metrics("value")) {
      assertTrue(row.get("valueLoss").asDouble() >= 0, row.toString());
    }
  }

  private void learns(String name, String algorithm, String... settings) throws Exception {
    List<String> all = new ArrayList<>(List.of("algorithm=" + algorithm));
    all.addAll(List.of(settings));
    RunConfig config = toy(all.toArray(String[]::new));
    OnPolicyFigures figures = run(config, name);
    assertTrue(
        figures.score() > figures.start().score() + 0.3,
        name + ": score from " + figures.start().score() + " to " + figures.score());
    int samples = Algorithms.of(config).samples();
    for (JsonNode row : metrics(name)) {
      assertEquals(0, row.get("parity").asDouble(), 1e-4, row.toString());
      assertEquals(1, row.get("firstRatioMax").asDouble(), 1e-4, row.toString());
      assertEquals(Algorithms.of(config).critic() == null, row.path("valueLoss").isMissingNode());
      assertEquals(samples == 1, row.path("groupsWithoutVariance").isMissingNode());
    }
    // Completions of one prompt stand side by side.
    List<RolloutRow> first =
        JsonLines.read(out.resolve(name).resolve("rollouts/0000.jsonl"), RolloutRow.class);
    for (int i = 0; i < first.size(); i++) {
      assertEquals(first.get(i - i % samples).id(), first.get(i).id());
    }
  }

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
      new OnPolicyLoop("ppo", PPO, config, AdapterConfig.NONE, 0, Device.CPU, Checkpoints.none())
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
    var reward = silent(/* leavesOut= */ false);
    var written =
        new SampledCompletion("7", Prompt.of("p"), "c", new int[] {1}, new int[] {2}, true);
    assertEquals(
        "reward OnPolicyLoopTest$Silent, example 7: NaN (expected: a finite number)",
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

  /** The policy is what it was until the value network has warmed up. */
  @Test
  void theCriticWarmsUpAlone() throws Exception {
    run(toy("onPolicy.updates=3", "ppo.criticWarmup=2", "ppo.critic=policy"), "warm");
    List<JsonNode> rows = metrics("warm");
    for (int update = 0; update < 3; update++) {
      JsonNode row = rows.get(update);
      assertEquals(0, row.get("kl").asDouble(), 1e-4, row.toString());
      assertEquals(update < 2, row.path("policyGradientNorm").isMissingNode());
      assertEquals(update < 2, row.path("publishParity").isMissingNode());
      assertEquals(update < 2, row.get("ratioMax").asDouble() < 1.0001);
      assertTrue(row.get("valueGradientNorm").asDouble() > 0);
    }
    long version = rows.get(0).get("weightsVersion").asLong();
    assertEquals(version, rows.get(1).get("weightsVersion").asLong());
    assertEquals(version + 1, rows.get(2).get("weightsVersion").asLong());
    assertTrue(
        rows.get(1).get("valueLoss").asDouble() < rows.get(0).get("valueLoss").asDouble(),
        rows.toString());
  }

  /** A small KL stops the epochs of an update; a large one does not. */
  @Test
  void anUpdateStopsAtItsKl() throws Exception {
    OnPolicyFigures stopped =
        run(toy("onPolicy.updates=3", "onPolicy.epochs=6", "onPolicy.stopAtKl=1e-4"), "stopped");
    assertEquals(3, stopped.leftOut().stoppedUpdates());
    JsonNode row = metrics("stopped").get(1);
    int skipped = row.get("skippedSteps").asInt();
    assertTrue(skipped > 0 && skipped < 12, row.toString());
    assertTrue(row.get("approximateKl").asDouble() <= 1e-4, row.toString());
    assertEquals(
        0,
        run(toy("onPolicy.updates=1", "onPolicy.stopAtKl=1e9"), "free").leftOut().stoppedUpdates());
  }

  /** A controller makes the KL dearer while it is beyond its target, and holds the policy back. */
  @Test
  void theControllerHoldsTheKl() throws Exception {
    run(toy("onPolicy.updates=20"), "free");
    run(toy("onPolicy.updates=20", "onPolicy.kl.target=0.5", "onPolicy.kl.horizon=8"), "held");
    List<JsonNode> rows = metrics("held");
    double coefficient = 0.05;
    for (JsonNode row : rows) {
      assertEquals(coefficient, row.get("klCoefficient").asDouble(), 1e-9);
      double error = Math.max(-0.2, Math.min(0.2, row.get("kl").asDouble() / 0.5 - 1));
      coefficient *= 1 + error * 16 / 8;
    }
    double held = meanKl(rows.subList(15, 20));
    double free = meanKl(metrics("free").subList(15, 20));
    assertTrue(held < 0.75 * free, held + " and " + free);
  }

  private static double meanKl(List<JsonNode> rows) {
    return rows.stream().mapToDouble(row -> row.get("kl").asDouble()).average().orElseThrow();
  }

  /** A high price holds the policy back, in the reward and in the loss. */
  @Test
  void theKlIsPaidWhereItIsSaid() throws Exception {
    for (String[] paid :
        new String[][] {
          {"ppo", "loss", "k2"},
          {"ppo", "loss", "k3"},
          {"ppo", "reward", "k1"},
          {"grpo", "reward", "k1"},
          {"grpo", "loss", "k2"},
          {"rejection", "loss", "k2"}
        }) {
      String name = String.join("-", paid);
      double free = run(klToy(paid, 0), name + "-free").kl();
      double held = run(klToy(paid, 5), name).kl();
      assertTrue(held < 0.8 * free, name + ": " + held + " and " + free);
    }
  }

  private static RunConfig klToy(String[] paid, double price) {
    return toy(
        "algorithm=" + paid[0],
        "onPolicy.updates=6",
        "onPolicy.kl.in=" + paid[1],
        "onPolicy.kl.estimator=" + paid[2],
        "onPolicy.kl.coefficient=" + price);
  }

  /** With a place of its own behind the end, rewards add up to the same. */
  @Test
  void theScoreMayStandBehindTheEnd() throws Exception {
    String[] settings = {"onPolicy.updates=6", "onPolicy.scoreAt=after_end"};
    OnPolicyFigures figures = run(toy(settings), "behind");
    assertTrue(figures.score() > figures.start().score() + 0.2, figures.toString());
    for (RolloutRow row :
        JsonLines.read(out.resolve("behind/rollouts/0003.jsonl"), RolloutRow.class)) {
      assertEquals(row.tokens().length, row.logprobs().length);
      if (row.ended()) {
        assertEquals(row.score() - 0.05 * row.kl(), row.reward(), 1e-4);
      }
    }
  }

  @Test
  void entropyIsKeptWhereItIsWorthSomething() throws Exception {
    double without = run(toy(), "without").entropy();
    double with = run(toy("onPolicy.entropyCoefficient=0.5"), "with").entropy();
    assertTrue(with > without + 0.05, with + " and " + without);
  }

  /** With the same weights on both sides every weight is nearly 1, and the steps are the same. */
  @Test
  void aCorrectionThatHasNothingToDoChangesNothing() throws Exception {
    run(toy("onPolicy.updates=2"), "plain");
    run(toy("onPolicy.updates=2", "onPolicy.correction.cap=2"), "corrected");
    JsonNode plain = metrics("plain").get(0);
    JsonNode corrected = metrics("corrected").get(0);
    assertEquals(1, corrected.get("correctionMean").asDouble(), 1e-4);
    assertEquals(1, corrected.get("correctionMax").asDouble(), 1e-4);
    assertEquals(0, corrected.get("correctionTruncated").asDouble());
    assertTrue(plain.path("correctionMean").isMissingNode());
    assertEquals(
        plain.get("policyGradientNorm").asDouble(),
        corrected.get("policyGradientNorm").asDouble(),
        1e-3);
    assertEquals(1, corrected.get("firstRatioMax").asDouble(), 1e-6);
  }

  /** Says nothing. */
  public static final class Silent implements RewardSource {
    @Override
    public double[] score(List<SampledCompletion> completions) {
      return new double[] {Double.NaN};
    }
  }
}
