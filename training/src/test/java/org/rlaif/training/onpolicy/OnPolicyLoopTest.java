package org.rlaif.training.onpolicy;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.rlaif.training.onpolicy.ToyLoop.assertProved;
import static org.rlaif.training.onpolicy.ToyLoop.toy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlaif.kit.JsonLines;
import org.rlaif.kit.UserError;
import org.rlaif.training.config.RunConfig;
import org.rlaif.training.learning.Clockless;

/** The loop itself, with PPO: both engines agree, and everything that happens is kept. */
class OnPolicyLoopTest {
  @TempDir private Path out;

  @Test
  void scoreRisesWhileBothEnginesAgree() throws Exception {
    OnPolicyFigures figures = ToyLoop.run(toy(12, 3e-3), 0, out);
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
    ToyLoop.run(toy(2, 1e-3), 0, out);
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
    ObjectNode once = Clockless.of(ToyLoop.run(toy(2, 1e-3), 1, out.resolve("once")));
    ObjectNode again = Clockless.of(ToyLoop.run(toy(2, 1e-3), 1, out.resolve("again")));
    assertEquals(once, again);
    assertEquals(
        JsonLines.read(out.resolve("once/rollouts/0001.jsonl"), JsonNode.class),
        JsonLines.read(out.resolve("again/rollouts/0001.jsonl"), JsonNode.class));
  }

  @Test
  void endsByNameWhenTheTrainingBlowsUp() {
    UserError error = assertThrows(UserError.class, () -> ToyLoop.run(toy(3, 1e30), 0, out));
    assertTrue(error.getMessage().startsWith("ppo, update 0, "), error.getMessage());
    assertTrue(error.getMessage().contains("expected: a finite number"), error.getMessage());
  }

  @Test
  void aMinibatchInPartsMakesTheSameStep() throws Exception {
    Map<?, ?> whole = firstUpdate("null", "whole");
    Map<?, ?> parts = firstUpdate("3", "parts");
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
    firstUpdate("16", "one");
    assertEquals(
        -1,
        Files.mismatch(
            out.resolve("whole/model/model.safetensors"),
            out.resolve("one/model/model.safetensors")),
        "one part is the whole, bit for bit");
  }

  private Map<?, ?> firstUpdate(String microbatch, String name) {
    RunConfig config =
        toy(
            "onPolicy.updates=1",
            "onPolicy.learningRate=1e-3",
            "onPolicy.epochs=1",
            "onPolicy.minibatch=16",
            "onPolicy.microbatch=" + microbatch);
    ToyLoop.run(config, 1, out.resolve(name));
    return JsonLines.read(out.resolve(name).resolve("metrics.jsonl"), Map.class).get(0);
  }
}
