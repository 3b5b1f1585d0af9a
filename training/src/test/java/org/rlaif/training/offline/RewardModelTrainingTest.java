package org.rlaif.training.offline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlaif.kit.Json;
import org.rlaif.kit.Preference;
import org.rlaif.kit.Statistics;
import org.rlaif.model.DecoderConfig.Head;
import org.rlaif.model.ModelFolder;
import org.rlaif.model.PromptEncoder;
import org.rlaif.torch.Device;
import org.rlaif.torch.Network;
import org.rlaif.training.checkpoint.Checkpoints;
import org.rlaif.training.config.AdapterConfig;
import org.rlaif.training.config.RewardConfig;
import org.rlaif.training.learning.Clockless;
import org.rlaif.training.learning.Forward;
import org.rlaif.training.learning.Pairs;
import org.rlaif.training.learning.Toy;
import org.rlaif.training.learning.ToyModels;

class RewardModelTrainingTest {
  @TempDir private Path out;

  @Test
  void learnsAPreferenceThatIsEasy() {
    PreferenceFigures figures = ToyModels.rewardFigures().heldOut();
    assertTrue(figures.accuracy() > 0.9, figures.toString());
    assertTrue(figures.accuracyConfident() > 0.95, figures.toString());
    assertTrue(figures.loss() < Math.log(2), figures.toString());
    assertTrue(figures.correlation() > 0.9, figures.toString());
    assertEquals(200, figures.n());
  }

  @Test
  void scaleIsThatOfTheTrainingCompletions() {
    try (ModelFolder folder = ModelFolder.open(ToyModels.reward());
        Network network = Network.load(folder.config(), folder.weights())) {
      assertEquals(Head.SCORE, folder.config().head());
      Pairs pairs = Pairs.encode(Toy.preferences(400, 4), PromptEncoder.of(folder), 32);
      double[] scaled = Forward.scores(network, pairs.all());
      for (int i = 0; i < scaled.length; i++) {
        scaled[i] = folder.scoreScale().apply(scaled[i]);
      }
      assertEquals(0, Statistics.mean(scaled), 1e-4);
      assertEquals(1, Statistics.standardDeviation(scaled), 1e-4);
    }
  }

  @Test
  void sameSeedSameFigures() throws Exception {
    assertEquals(run(1, "once"), run(1, "again"));
  }

  @Test
  void figuresByHand() {
    // Right, wrong, undecided, equal scores (half), confident and right.
    PreferenceFigures figures =
        PreferenceFigures.of(
            new double[] {1, 2, 5, 0, -1}, new float[] {0.6f, 0.4f, 0.5f, 0.55f, 0.3f});
    assertEquals(2.5 / 4, figures.accuracy(), 1e-9);
    assertEquals(1, figures.accuracyConfident());
    assertEquals((1 - 2 + 0 + 1) / 4.0, figures.margin(), 1e-9);
    assertEquals(5, figures.n());
    assertEquals(4, figures.decided());
    assertEquals(1, figures.confident());
  }

  @Test
  void figuresOverNothingAreAbsent() throws Exception {
    PreferenceFigures ties = PreferenceFigures.of(new double[] {1, -2}, new float[] {0.5f, 0.5f});
    assertEquals(
        Set.of("loss", "n", "decided", "confident"),
        Json.MAPPER.<ObjectNode>valueToTree(ties).properties().stream()
            .map(Map.Entry::getKey)
            .collect(Collectors.toSet()));
    assertEquals(0, ties.decided());
    PreferenceFigures unsure = PreferenceFigures.of(new double[] {1, -2}, new float[] {0.6f, 0.5f});
    assertNull(unsure.accuracyConfident());
    assertEquals(1.0, unsure.accuracy());
    assertEquals(0.206549, unsure.accuracyLow(), 2e-5); // 1 / (1 + 1.96^2)

    List<Preference> tied =
        Toy.preferences(30, 8).stream()
            .map(
                p -> new Preference(p.id(), p.prompt(), p.first(), p.second(), 0.5, p.provenance()))
            .toList();
    ObjectNode figures = run(1, "tied", tied);
    assertEquals(
        "each of the 20 labels to learn from is a tie, so the scores of this reward model mean"
            + " nothing",
        figures.get("warning").asText());
    assertFalse(figures.has("accuracy"));
    assertFalse(run(1, "usual").has("warning"));
  }

  private ObjectNode run(long seed, String name) throws Exception {
    return run(seed, name, Toy.preferences(30, 8));
  }

  private ObjectNode run(long seed, String name, List<Preference> preferences) throws Exception {
    try (ModelFolder start = ModelFolder.open(ToyModels.sft())) {
      return Clockless.of(
          RewardModelTraining.run(
              new RewardConfig("", 1, 8, null, 1e-3, 0.1, 0.1, 1, Toy.ADAM),
              AdapterConfig.NONE,
              start,
              new LabelledPairs(preferences.subList(0, 20), preferences.subList(20, 30), 0, 0),
              seed,
              Device.CPU,
              Checkpoints.none(),
              Files.createDirectories(out.resolve(name))));
    }
  }
}
