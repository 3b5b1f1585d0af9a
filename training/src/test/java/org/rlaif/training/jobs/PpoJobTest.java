package org.rlaif.training.jobs;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlaif.client.RlaifClient;
import org.rlaif.kit.JsonLines;
import org.rlaif.kit.UserError;
import org.rlaif.model.ModelFolder;
import org.rlaif.serving.grpc.RlaifServer;
import org.rlaif.torch.Device;
import org.rlaif.training.config.AdapterConfig;
import org.rlaif.training.config.PpoConfig;

class PpoJobTest {
  @TempDir private Path out;

  @Test
  void scoreRisesWhileBothEnginesAgree() throws Exception {
    Map<String, Object> figures = run(config(12, 3e-3), 0, out);
    List<JsonNode> rows = JsonLines.read(out.resolve("metrics.jsonl"), JsonNode.class);
    assertEquals(12, rows.size());

    double start = rows.get(0).get("score").asDouble();
    double end = rows.get(11).get("score").asDouble();
    assertTrue(end > start + 0.5, "score from " + start + " to " + end);
    assertTrue((double) figures.get("kl") > 0.05, "kl " + figures.get("kl"));

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
    Map<String, Object> once = Clockless.of(run(config(2, 1e-3), 1, folder("once")));
    Map<String, Object> again = Clockless.of(run(config(2, 1e-3), 1, folder("again")));
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

  private Map<?, ?> firstUpdate(PpoConfig config, String name) throws Exception {
    run(config, 1, folder(name));
    return JsonLines.read(out.resolve(name).resolve("metrics.jsonl"), Map.class).get(0);
  }

  static PpoConfig config(int updates, double learningRate) {
    return config(updates, learningRate, 2, 8, null);
  }

  private static PpoConfig config(
      int updates, double learningRate, int epochs, int minibatch, Integer microbatch) {
    return new PpoConfig(
        updates,
        16,
        epochs,
        minibatch,
        microbatch,
        learningRate,
        3e-3,
        0.1,
        0.1,
        1,
        0.05,
        1,
        0.95,
        0.2,
        0.2,
        2,
        5,
        1,
        8,
        null);
  }

  private static Map<String, Object> run(PpoConfig config, long seed, Path folder) {
    try (ModelFolder policy = ModelFolder.open(ToyModels.sft());
        ModelFolder reward = ModelFolder.open(ToyModels.reward());
        RlaifServer server = ToyModels.serve();
        RlaifClient client = ToyModels.client(server)) {
      return PpoJob.run(
          config,
          AdapterConfig.NONE,
          policy,
          reward,
          client,
          "policy",
          "reward",
          Toy.examples(60, 9),
          seed,
          Device.CPU,
          folder);
    }
  }
}
