package org.rlaif.training.offline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.rlaif.training.losses.DirectPreference.HINGE;
import static org.rlaif.training.losses.DirectPreference.IPO;
import static org.rlaif.training.losses.DirectPreference.ROBUST;
import static org.rlaif.training.losses.DirectPreference.SIGMOID;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlaif.kit.JsonLines;
import org.rlaif.model.ModelFolder;
import org.rlaif.torch.Device;
import org.rlaif.training.checkpoint.Checkpoints;
import org.rlaif.training.config.AdapterConfig;
import org.rlaif.training.config.DpoConfig;
import org.rlaif.training.learning.Clockless;
import org.rlaif.training.learning.Toy;
import org.rlaif.training.learning.ToyModels;
import org.rlaif.training.losses.DirectPreference;

class DpoTest {
  @TempDir private Path out;

  @Test
  void thePolicyLearnsThePreferences() throws Exception {
    Dpo.Figures figures =
        run(
            new DpoConfig(
                SIGMOID, 0.2, 0, false, 0, 4, 16, null, 3e-3, 0.1, 0.1, 1, Toy.ADAM, false),
            "whole");
    List<JsonNode> rows = JsonLines.read(out.resolve("whole/metrics.jsonl"), JsonNode.class);
    // Where it is the reference, the implicit rewards are even.
    assertEquals(Math.log(2), rows.get(0).get("heldOutLoss").asDouble(), 1e-6);
    assertEquals(0.5, rows.get(0).get("accuracy").asDouble(), 1e-9);
    assertEquals(Math.log(2), rows.get(1).get("loss").asDouble(), 1e-5);
    assertTrue(figures.heldOut().accuracy() > 0.85, figures.toString());
    assertTrue(figures.heldOut().loss() < 0.6, figures.toString());
    assertEquals("sigmoid on log-ratios per completion", figures.objective());
    JsonNode first = rows.get(1);
    assertEquals(0, first.get("rewards/chosen").asDouble(), 1e-5);
    assertEquals(0, first.get("rewards/margins").asDouble(), 1e-5);
    assertTrue(first.get("logps/rejected").asDouble() < 0, first.toString());
    JsonNode last = rows.get(rows.size() - 2); // the last row is of held-out pairs
    assertTrue(last.get("rewards/accuracies").asDouble() > 0.7, last.toString());
    assertEquals(
        last.get("rewards/chosen").asDouble() - last.get("rewards/rejected").asDouble(),
        last.get("rewards/margins").asDouble(),
        1e-9);
    SideRewards sides = figures.rewards();
    assertEquals(figures.heldOut().margin(), sides.chosen() - sides.rejected(), 1e-9);
    assertEquals(
        sides.rejected(), rows.get(rows.size() - 1).get("rejectedReward").asDouble(), 1e-9);
    assertEquals(figures.steps(), rows.stream().filter(row -> row.has("loss")).count());
  }

  @Test
  void aBatchInPartsMakesTheSameSteps() throws Exception {
    DpoConfig whole =
        new DpoConfig(SIGMOID, 0.2, 0, false, 0, 1, 16, null, 1e-3, 0.1, 0.1, 1, Toy.ADAM, false);
    DpoConfig parts =
        new DpoConfig(SIGMOID, 0.2, 0, false, 0, 1, 16, 5, 1e-3, 0.1, 0.1, 1, Toy.ADAM, false);
    double expected = run(whole, "one").heldOut().loss();
    assertEquals(expected, run(parts, "parts").heldOut().loss(), 1e-5);
    assertEquals(Clockless.of(run(whole, "again")), Clockless.of(run(whole, "andAgain")));
  }

  @Test
  void everyLossLearnsThem() throws Exception {
    for (DirectPreference loss : List.of(HINGE, IPO, ROBUST)) {
      var config =
          new DpoConfig(loss, 0.2, 0.1, false, 0, 3, 16, null, 3e-3, 0.1, 0.1, 1, Toy.ADAM, false);
      Dpo.Figures figures = run(config, loss.name());
      assertTrue(figures.heldOut().accuracy() > 0.8, loss + ": " + figures);
    }
  }

  @Test
  void perTokenAndWithTheLikelihoodOfTheBetter() throws Exception {
    var config =
        new DpoConfig(IPO, 0.5, 0, true, 0.5, 3, 16, 5, 3e-3, 0.1, 0.1, 1, Toy.ADAM, false);
    Dpo.Figures figures = run(config, "both");
    assertEquals("ipo on log-ratios per token, + 0.5 NLL", figures.objective());
    assertTrue(figures.heldOut().accuracy() > 0.8, figures.toString());
    // The likelihood keeps up what the differences alone would let fall.
    var without = new DpoConfig(IPO, 0.5, 0, true, 0, 3, 16, 5, 3e-3, 0.1, 0.1, 1, Toy.ADAM, false);
    double alone = run(without, "alone").rewards().chosen();
    assertTrue(figures.rewards().chosen() > alone, figures + ", alone: " + alone);
    List<JsonNode> rows = JsonLines.read(out.resolve("both/metrics.jsonl"), JsonNode.class);
    // Without a difference IPO's is (0 - 1)^2.
    JsonNode first = rows.get(1);
    assertEquals(
        1 + 0.5 * first.get("nll_loss").asDouble(), first.get("loss").asDouble(), 1e-6, "step 1");
  }

  private Dpo.Figures run(DpoConfig config, String name) throws Exception {
    try (ModelFolder start = ModelFolder.open(ToyModels.sft())) {
      return Dpo.run(
          config,
          AdapterConfig.NONE,
          start,
          new LabelledPairs(Toy.preferences(400, 4), Toy.preferences(200, 5), 0, 0),
          /* seed= */ 0,
          Device.CPU,
          Checkpoints.none(),
          Files.createDirectories(out.resolve(name)));
    }
  }
}
