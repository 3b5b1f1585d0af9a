package org.rlaif.training.offline;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.rlaif.client.RlaifClient;
import org.rlaif.kit.AtomicFiles;
import org.rlaif.kit.JsonLines;
import org.rlaif.kit.Prompt;
import org.rlaif.kit.RatedCompletion;
import org.rlaif.kit.UserError;
import org.rlaif.model.Lora;
import org.rlaif.model.ModelFolder;
import org.rlaif.model.PromptEncoder;
import org.rlaif.model.ScoreScale;
import org.rlaif.serving.grpc.RlaifServer;
import org.rlaif.serving.grpc.ServerConfig;
import org.rlaif.torch.Device;
import org.rlaif.torch.Network;
import org.rlaif.training.checkpoint.Checkpoints;
import org.rlaif.training.config.AdapterConfig;
import org.rlaif.training.config.RewardConfig;
import org.rlaif.training.learning.Clockless;
import org.rlaif.training.learning.Forward;
import org.rlaif.training.learning.Sequence;
import org.rlaif.training.learning.ToyModels;
import org.rlaif.training.learning.TrainableModel;
import org.rlaif.training.rewards.ModelReward;
import org.rlaif.training.rewards.RewardKind;
import org.rlaif.training.rewards.SampledCompletion;

class RewardRegressionTest {
  private static final SortedMap<String, Double> WEIGHTS =
      new TreeMap<>(Map.of("assent", 1.5, "words", -0.1));
  private static final AdapterConfig ADAPTER = new AdapterConfig(2, 16, false, List.of(Lora.ALL));

  @TempDir Path folder;

  @BeforeEach
  void modelsAreThere() {
    ToyModels.sft();
  }

  /** Variance 2 / 4 of the first attribute, 3 times 10 and once 30 squared, / 4, of the second. */
  @Test
  void standardisedByHand() {
    double[][] ratings = {{1, 10}, {3, Double.NaN}, {Double.NaN, 50}, {2, 10}, {2, 10}};
    Attributes attributes = Attributes.of(WEIGHTS, ratings);
    assertArrayEquals(new double[] {2, 20}, attributes.means(), 1e-12);
    assertArrayEquals(
        new double[] {Math.sqrt(0.5), Math.sqrt(300)}, attributes.deviations(), 1e-12);
    assertEquals(30 / Math.sqrt(300), attributes.standardised(1, 50), 1e-12);
    // 1.5 * 2 - 0.1 * 20 and, of the head's scores 1 and 1, 1.5 times one deviation less 0.1 times
    // the other.
    double[] predictions = attributes.predictions(new double[] {1, 1});
    double expected = 1 + 1.5 * Math.sqrt(0.5) - 0.1 * Math.sqrt(300);
    assertEquals(expected, attributes.sum(predictions), 1e-12);
    assertArrayEquals(
        new double[] {1.5 * Math.sqrt(0.5), -0.1 * Math.sqrt(300)}, attributes.shares(), 1e-12);
    assertTrue(Double.isNaN(attributes.sum(ratings[1])), "what is missing is not 0");
    var first = Attributes.of(new TreeMap<>(Map.of("assent", 1.5, "words", 0.0)), ratings);
    assertEquals(4.5, first.sum(ratings[1]), "what counts nothing may be missing");
  }

  @Test
  void figuresByHand() {
    double[][] ratings = {{1, 10}, {3, Double.NaN}, {0, 20}, {0, 20}};
    double[][] predictions = {{1, 11}, {2, 10}, {0, 18}, {1, 19}};
    var attributes =
        new Attributes(
            List.of("assent", "words"),
            new double[] {1, -1},
            new double[] {1, 15},
            new double[] {1, 5});
    var figures = RegressionFigures.attributes(attributes, ratings, predictions);
    assertEquals(4, figures.get("assent").n());
    assertEquals(2.0 / 4, figures.get("assent").squaredError(), 1e-12);
    assertEquals(3, figures.get("words").n());
    assertEquals((1 + 4 + 1) / 3.0, figures.get("words").squaredError(), 1e-12);
    // Sums: -9, -20, -20 by people; -10, -18, -18 by the model.
    assertEquals(1, RegressionFigures.correlation(attributes, ratings, predictions), 1e-12);
    List<Prompt> prompts = List.of(Prompt.of("a"), Prompt.of("a"), Prompt.of("a"), Prompt.of("b"));
    PreferenceFigures pairs = RegressionFigures.pairs(attributes, prompts, ratings, predictions);
    assertEquals(1, pairs.n(), "the second lacks a rating, and the last is another prompt's");
    assertEquals(1, pairs.accuracy());
    assertNull(
        RegressionFigures.pairs(
            attributes, prompts.subList(2, 4), new double[][] {{0, 0}, {1, 1}}, predictions));
  }

  /** In LibTorch and as served, of a model with all weights and of an adapter. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void theScoreIsTheWeightedSum(boolean adapted) throws IOException {
    AdapterConfig adapter = adapted ? ADAPTER : AdapterConfig.NONE;
    try (ModelFolder start = ModelFolder.open(ToyModels.sft());
        Network policy = TrainableModel.load(start, adapter, 3, Device.CPU);
        Network network = policy.withScoreHead(WEIGHTS.size(), 4)) {
      RatedCompletions.Encoded rated =
          new RatedCompletions(Rated.toy(60, 5), List.of(), 0, 0)
              .train(List.copyOf(WEIGHTS.keySet()), PromptEncoder.of(start), start);
      Attributes attributes = Attributes.of(WEIGHTS, rated.ratings());
      ScoreScale scale =
          RewardRegression.save(network, attributes, rated.sequences(), start, folder);
      double[] expected = new double[rated.size()];
      double[][] predictions = RewardRegression.predictions(network, attributes, rated.sequences());
      for (int i = 0; i < expected.length; i++) {
        expected[i] = attributes.sum(predictions[i]);
      }
      double constant = attributes.sum(attributes.means());
      try (ModelFolder left = ModelFolder.open(folder.resolve("model"))) {
        assertEquals(1, left.config().scores());
        assertEquals(scale, left.scoreScale());
        double[] raw =
            TrainableModel.ask(
                    List.of(left), Device.CPU, model -> Forward.scores(model, rated.sequences()))
                .get(0);
        double[] served = served(rated);
        for (int i = 0; i < expected.length; i++) {
          assertEquals(expected[i], raw[i] + constant, 1e-5, "in LibTorch, " + i);
          double sum = served[i] * scale.standardDeviation() + scale.mean() + constant;
          assertEquals(expected[i], sum, 1e-5, "as served, " + i);
        }
      }
    }
  }

  private double[] served(RatedCompletions.Encoded rated) {
    List<SampledCompletion> completions = new ArrayList<>();
    for (int i = 0; i < rated.size(); i++) {
      Sequence each = rated.sequences().get(i);
      completions.add(
          new SampledCompletion(
              "c" + i, rated.prompts().get(i), "", each.prompt(), each.completion(), true));
    }
    try (RlaifServer server =
            RlaifServer.start(ServerConfig.inProcess(Map.of("reward", folder.resolve("model"))));
        RlaifClient client = ToyModels.client(server)) {
      return new ModelReward(1)
          .open(new RewardKind.Server(client, List.of("reward")))
          .score(completions);
    }
  }

  @Test
  void learnsWhatIsEasy() throws IOException {
    RegressionFigures figures =
        train("easy", Rated.config(WEIGHTS, 6, 16, null, 1e-2), AdapterConfig.NONE, 0);
    assertTrue(figures.correlation() > 0.9, figures.toString());
    assertTrue(figures.loss() < 0.2, figures.toString());
    figures.attributes().forEach((name, each) -> assertTrue(each.correlation() > 0.9, name));
    assertEquals(120, figures.attributes().get("assent").n());
    assertTrue(figures.attributes().get("words").n() < 120, "some are missing");
    // The figure is that of the model that is left.
    try (ModelFolder left = ModelFolder.open(outputs("easy").resolve("model"));
        Network model = Network.load(left.config(), left.weights())) {
      RatedCompletions.Encoded held =
          completions().heldOut(List.copyOf(WEIGHTS.keySet()), PromptEncoder.of(left), left);
      double[] scores = Forward.scores(model, held.sequences());
      double[][] asOne = new double[scores.length][];
      for (int i = 0; i < scores.length; i++) {
        asOne[i] = new double[] {scores[i] / 1.5, 0};
      }
      var attributes =
          new Attributes(
              List.copyOf(WEIGHTS.keySet()),
              new double[] {1.5, -0.1},
              new double[2],
              new double[] {1, 1});
      assertEquals(
          figures.correlation(),
          RegressionFigures.correlation(attributes, held.ratings(), asOne),
          1e-5);
    }
  }

  @ParameterizedTest
  @CsvSource({"0, false", "1, false", "0, true"})
  void goesOnBitByBit(int back, boolean adapted) throws IOException {
    AdapterConfig adapter = adapted ? ADAPTER : AdapterConfig.NONE;
    RewardConfig config = Rated.config(WEIGHTS, 1, 8, null, 1e-2);
    RegressionFigures whole = train("whole", config, adapter, 0);
    train("broken", config, adapter, 7);
    List<Path> saved = saved("broken");
    assertEquals(2, saved.size());
    for (int i = 0; i < back; i++) {
      AtomicFiles.deleteRecursively(saved.get(saved.size() - 1 - i));
    }
    RegressionFigures broken = train("broken", config, adapter, 7);
    assertEquals(Clockless.of(whole), Clockless.of(broken));
    String weights = adapted ? "model/adapter_model.safetensors" : "model/model.safetensors";
    for (String file : List.of(weights, "model/config.json", "metrics.jsonl", "trl.jsonl")) {
      if (Files.exists(outputs("whole").resolve(file)) || file.equals(weights)) {
        assertEquals(
            -1,
            Files.mismatch(outputs("whole").resolve(file), outputs("broken").resolve(file)),
            file);
      }
    }
  }

  /** Parts of a batch lack different numbers of ratings; each rating counts as much. */
  @Test
  void theStepIsTheSameInParts() throws IOException {
    train("one", Rated.config(WEIGHTS, 1, 8, null, 1e-2), AdapterConfig.NONE, 0);
    train("parts", Rated.config(WEIGHTS, 1, 8, 3, 1e-2), AdapterConfig.NONE, 0);
    JsonNode one = JsonLines.read(outputs("one").resolve("metrics.jsonl"), JsonNode.class).get(0);
    JsonNode parts =
        JsonLines.read(outputs("parts").resolve("metrics.jsonl"), JsonNode.class).get(0);
    for (String figure : List.of("loss", "gradientNorm")) {
      assertEquals(one.get(figure).asDouble(), parts.get(figure).asDouble(), 1e-5, figure);
    }
  }

  @Test
  void ratingsThatTeachNothingAreRefused() {
    SortedMap<String, Double> other = new TreeMap<>(Map.of("assent", 1.0, "tact", 1.0));
    assertEquals(
        "reward: ratings of tact: none to learn from (expected: at least 2)",
        assertThrows(
                UserError.class,
                () -> train("none", Rated.config(other, 1, 8, null, 1e-2), AdapterConfig.NONE, 0))
            .getMessage());
    assertEquals(
        "reward: ratings of assent: all 1.0 (expected: some that differ, to learn from)",
        assertThrows(UserError.class, () -> Attributes.of(WEIGHTS, new double[][] {{1, 2}, {1, 3}}))
            .getMessage());
    SortedMap<String, Double> nobody = new TreeMap<>(Map.of("tact", 1.0));
    assertEquals(
        "reward: completions to learn from: 0 (expected: at least 1 that is rated by"
            + " reward.attributes)",
        assertThrows(
                UserError.class,
                () ->
                    train("nobody", Rated.config(nobody, 1, 8, null, 1e-2), AdapterConfig.NONE, 0))
            .getMessage());
  }

  private static RatedCompletions completions() {
    List<RatedCompletion> all = Rated.toy(400, 5);
    return new RatedCompletions(all.subList(0, 280), all.subList(280, 400), 0, 0);
  }

  private RegressionFigures train(
      String name, RewardConfig config, AdapterConfig adapter, int every) throws IOException {
    Checkpoints checkpoints = Checkpoints.of(folder.resolve(name), "settings", every, said -> {});
    try (ModelFolder start = ModelFolder.open(ToyModels.sft())) {
      return RewardRegression.run(
          config,
          adapter,
          start,
          completions(),
          /* seed= */ 7,
          Device.CPU,
          checkpoints,
          checkpoints.outputs());
    }
  }

  private Path outputs(String name) {
    return folder.resolve(name + ".unfinished/outputs");
  }

  /** Checkpoints, the newest last. */
  private List<Path> saved(String name) throws IOException {
    try (var inside = Files.list(folder.resolve(name + ".unfinished"))) {
      return inside
          .filter(each -> each.getFileName().toString().startsWith("step-"))
          .sorted()
          .toList();
    }
  }
}
