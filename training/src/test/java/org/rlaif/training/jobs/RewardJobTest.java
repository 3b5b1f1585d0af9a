package org.rlaif.training.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlaif.kit.Preference;
import org.rlaif.kit.Statistics;
import org.rlaif.model.DecoderConfig.Head;
import org.rlaif.model.ModelFolder;
import org.rlaif.model.PromptEncoder;
import org.rlaif.torch.Device;
import org.rlaif.torch.Network;
import org.rlaif.training.config.AdapterConfig;
import org.rlaif.training.config.RewardConfig;

class RewardJobTest {
  @TempDir private Path out;

  @Test
  void learnsAPreferenceThatIsEasy() {
    Map<String, Object> figures = ToyModels.rewardFigures();
    assertTrue((double) figures.get("accuracy") > 0.9, figures.toString());
    assertTrue((double) figures.get("accuracyConfident") > 0.95, figures.toString());
    assertTrue((double) figures.get("loss") < Math.log(2), figures.toString());
    assertTrue((double) figures.get("correlation") > 0.9, figures.toString());
    assertEquals(200, figures.get("n"));
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
    Map<String, Object> ties =
        PreferenceFigures.of(new double[] {1, -2}, new float[] {0.5f, 0.5f}).toMap();
    assertEquals(Set.of("loss", "n", "decided", "confident"), ties.keySet());
    assertEquals(0, ties.get("decided"));
    Map<String, Object> unsure =
        PreferenceFigures.of(new double[] {1, -2}, new float[] {0.6f, 0.5f}).toMap();
    assertFalse(unsure.containsKey("accuracyConfident"));
    assertEquals(1.0, unsure.get("accuracy"));
    assertEquals(0.206549, (double) unsure.get("accuracyLow"), 2e-5); // 1 / (1 + 1.96^2)

    List<Preference> tied =
        Toy.preferences(30, 8).stream()
            .map(
                p -> new Preference(p.id(), p.prompt(), p.first(), p.second(), 0.5, p.provenance()))
            .toList();
    Map<String, Object> figures = run(1, "tied", tied);
    assertEquals(
        "each of the 20 labels to learn from is a tie, so the scores of this reward model mean"
            + " nothing",
        figures.get("warning"));
    assertFalse(figures.containsKey("accuracy"));
    assertFalse(run(1, "usual").containsKey("warning"));
  }

  private Map<String, Object> run(long seed, String name) throws Exception {
    return run(seed, name, Toy.preferences(30, 8));
  }

  private Map<String, Object> run(long seed, String name, List<Preference> preferences)
      throws Exception {
    try (ModelFolder start = ModelFolder.open(ToyModels.sft())) {
      return Clockless.of(
          RewardJob.run(
              new RewardConfig("", 1, 8, null, 1e-3, 0.01, 0.1, 0.1, 1),
              AdapterConfig.NONE,
              start,
              preferences.subList(0, 20),
              preferences.subList(20, 30),
              seed,
              Device.CPU,
              Files.createDirectories(out.resolve(name))));
    }
  }
}
