package org.rlaif.training.onpolicy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.rlaif.training.onpolicy.ToyLoop.toy;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlaif.kit.JsonLines;
import org.rlaif.training.config.Algorithm;
import org.rlaif.training.config.RunConfig;

/** Each algorithm learns what the rewards like, and its figures say what it has. */
class EveryAlgorithmTest {
  @TempDir private Path out;

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

  private OnPolicyFigures run(RunConfig config, String name) {
    return ToyLoop.run(config, 0, out.resolve(name));
  }

  private List<JsonNode> metrics(String name) {
    return ToyLoop.metrics(out.resolve(name));
  }
}
