package org.rlaif.training.offline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlaif.kit.JsonLines;
import org.rlaif.kit.Provenance;
import org.rlaif.kit.UnpairedPreference;
import org.rlaif.model.ModelFolder;
import org.rlaif.torch.Device;
import org.rlaif.training.checkpoint.Checkpoints;
import org.rlaif.training.config.AdapterConfig;
import org.rlaif.training.config.KtoConfig;
import org.rlaif.training.learning.Clockless;
import org.rlaif.training.learning.Toy;
import org.rlaif.training.learning.ToyModels;

class KtoTest {
  private static final LabelledPairs NO_PAIRS = new LabelledPairs(List.of(), List.of(), 0, 0);
  private static final LabelledCompletions UNPAIRED =
      new LabelledCompletions(NO_PAIRS, unpaired(400, 4), unpaired(150, 5), 0, 0);

  @TempDir private Path out;

  /** Yes is wanted, no is not. */
  private static List<UnpairedPreference> unpaired(int n, long seed) {
    return Toy.examples(n, seed).stream()
        .map(
            each ->
                new UnpairedPreference(
                    each.id(),
                    each.prompt(),
                    each.completion(),
                    Toy.gold(each.completion()) > 0 ? 1 : 0,
                    Provenance.human()))
        .toList();
  }

  private static KtoConfig config(int epochs, Integer microbatch) {
    return new KtoConfig(0.3, 1, 1, epochs, 16, microbatch, 3e-3, 0.1, 0.1, 1, Toy.ADAM, false);
  }

  @Test
  void thePolicyLearnsWhatIsWanted() throws IOException {
    Kto.Figures figures = run(config(3, null), UNPAIRED, "unpaired");
    List<JsonNode> rows = JsonLines.read(out.resolve("unpaired/metrics.jsonl"), JsonNode.class);
    // Where it is the reference, nothing is gained or lost.
    JsonNode before = rows.get(0);
    assertEquals(0.5, before.get("heldOutLoss").asDouble(), 1e-6);
    assertEquals(0.5, before.get("areaUnderCurve").asDouble(), 1e-6);
    assertEquals(0, before.get("referencePoint").asDouble(), 1e-6);
    assertEquals(0.5, rows.get(1).get("loss").asDouble(), 1e-5);
    assertEquals(0, rows.get(1).get("kl").asDouble(), 1e-5);
    assertTrue(figures.areaUnderCurve() > 0.9, figures.toString());
    assertTrue(figures.loss() < 0.4, figures.toString());
    assertTrue(figures.rewards().chosen() > figures.rewards().rejected(), figures.toString());
    assertNull(figures.pairs());
    assertEquals(400, figures.completions());
    double wanted = figures.desirable();
    assertEquals(wanted / (400 - wanted), figures.weightRatio(), 1e-9);
    assertEquals(figures.steps(), rows.stream().filter(row -> row.has("loss")).count());
    assertEquals(75, figures.steps());
  }

  @Test
  void itLearnsFromBothSidesOfPreferences() throws IOException {
    var labels =
        new LabelledCompletions(
            new LabelledPairs(Toy.preferences(200, 4), Toy.preferences(100, 5), 0, 0),
            List.of(),
            List.of(),
            0,
            0);
    Kto.Figures figures = run(config(3, null), labels, "pairs");
    assertEquals(400, figures.completions());
    assertEquals(200, figures.desirable(), 1e-4); // the sides of a soft label make one together
    PreferenceFigures pairs = figures.pairs();
    assertNotNull(pairs);
    assertTrue(pairs.accuracy() > 0.85, figures.toString());
  }

  /** The reference point is that of the whole batch. */
  @Test
  void aBatchInPartsMakesTheSameSteps() throws IOException {
    double expected = run(config(1, null), UNPAIRED, "one").loss();
    assertEquals(expected, run(config(1, 5), UNPAIRED, "parts").loss(), 1e-5);
    assertEquals(
        Clockless.of(run(config(1, 5), UNPAIRED, "again")),
        Clockless.of(run(config(1, 5), UNPAIRED, "andAgain")));
  }

  private Kto.Figures run(KtoConfig config, LabelledCompletions labels, String name)
      throws IOException {
    try (ModelFolder start = ModelFolder.open(ToyModels.sft())) {
      return Kto.run(
          config,
          AdapterConfig.NONE,
          start,
          labels,
          /* seed= */ 0,
          Device.CPU,
          Checkpoints.none(),
          Files.createDirectories(out.resolve(name)));
    }
  }
}
