package org.rlaif.training.offline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
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
  void everyLossLearnsThePreference() throws Exception {
    List<Preference> preferences = Toy.preferences(300, 8);
    for (RewardConfig.Loss loss : RewardConfig.Loss.values()) {
      if (loss == RewardConfig.Loss.REGRESSION) {
        continue; // learns no preferences
      }
      for (RewardConfig.Labels labels : RewardConfig.Labels.values()) {
        RewardConfig config =
            new RewardConfig(
                "",
                loss,
                Collections.emptySortedMap(),
                labels,
                0.01,
                1,
                4,
                16,
                null,
                1e-2,
                0.1,
                0.1,
                1,
                Toy.ADAM);
        JsonNode figures = run(config, 1, loss + "-" + labels, preferences, 200);
        assertTrue(figures.get("accuracy").asDouble() > 0.85, loss + ", " + labels + figures);
      }
    }
  }

  @Test
  void hardLabelsAreTheBetterOneAndTiesStayEven() {
    float[] soft = {0, 0.49f, 0.5f, 0.51f, 1};
    float[] hard = {0, 0, 0.5f, 1, 1};
    for (int i = 0; i < soft.length; i++) {
      assertEquals(hard[i], RewardConfig.Labels.HARD.target(soft[i]));
      assertEquals(soft[i], RewardConfig.Labels.SOFT.target(soft[i]));
    }
  }

  /** What a preference leaves free, where the scores lie. */
  @Test
  void centredScoresLieAroundZero() throws Exception {
    List<Preference> preferences = Toy.preferences(300, 8);
    double free = mean(0, preferences);
    double centred = mean(1, preferences);
    assertTrue(Math.abs(centred) < 0.3, "mean " + centred);
    assertTrue(Math.abs(centred) < Math.abs(free), centred + " (free: " + free + ")");
  }

  private double mean(double centring, List<Preference> preferences) throws Exception {
    RewardConfig config =
        new RewardConfig(
            "",
            RewardConfig.Loss.BRADLEY_TERRY,
            Collections.emptySortedMap(),
            RewardConfig.Labels.SOFT,
            centring,
            1,
            2,
            16,
            null,
            1e-2,
            0.1,
            0.1,
            1,
            Toy.ADAM);
    return run(config, 1, "centring-" + centring, preferences, 200).get("scoreMean").asDouble();
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
    RewardConfig config =
        new RewardConfig(
            "",
            RewardConfig.Loss.BRADLEY_TERRY,
            Collections.emptySortedMap(),
            RewardConfig.Labels.SOFT,
            0,
            1,
            1,
            8,
            null,
            1e-3,
            0.1,
            0.1,
            1,
            Toy.ADAM);
    return run(config, seed, name, preferences, 20);
  }

  /**
   * @param learned so many are learned, the others held out
   */
  private ObjectNode run(
      RewardConfig config, long seed, String name, List<Preference> preferences, int learned)
      throws Exception {
    try (ModelFolder start = ModelFolder.open(ToyModels.sft())) {
      return Clockless.of(
          RewardModelTraining.run(
              config,
              AdapterConfig.NONE,
              start,
              new LabelledPairs(
                  preferences.subList(0, learned),
                  preferences.subList(learned, preferences.size()),
                  0,
                  0),
              seed,
              Device.CPU,
              Checkpoints.none(),
              Files.createDirectories(out.resolve(name))));
    }
  }
}
