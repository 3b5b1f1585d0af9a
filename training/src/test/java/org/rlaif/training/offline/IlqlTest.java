package org.rlaif.training.offline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlaif.kit.Json;
import org.rlaif.kit.JsonLines;
import org.rlaif.kit.Prompt;
import org.rlaif.model.ModelFolder;
import org.rlaif.model.PromptEncoder;
import org.rlaif.torch.Device;
import org.rlaif.torch.Network;
import org.rlaif.training.checkpoint.Checkpoints;
import org.rlaif.training.config.IlqlConfig;
import org.rlaif.training.learning.Forward;
import org.rlaif.training.learning.Sequence;
import org.rlaif.training.learning.Toy;
import org.rlaif.training.learning.ToyModels;

class IlqlTest {
  private static final LabelledCompletions LABELS =
      new LabelledCompletions(
          new LabelledPairs(Toy.preferences(300, 4), Toy.preferences(100, 5), 0, 0),
          List.of(),
          List.of(),
          0,
          0);

  @TempDir private Path out;

  private static IlqlConfig config(double beta, int epochs, Integer microbatch) {
    return new IlqlConfig(
        beta, 1, 0.7, 0.1, 0.1, 0.1, 0, epochs, 16, microbatch, 1e-2, 0.1, 0.1, 1, Toy.ADAM, false);
  }

  @Test
  void thePolicyLearnsWhatIsWorthMore() throws IOException {
    Ilql.Figures figures = run(config(4, 6, null), "q", Checkpoints.none());
    assertTrue(figures.heldOut().areaUnderCurve() > 0.85, figures.toString());
    assertEquals(600, figures.completions());
    assertEquals(0, figures.meanReward(), 1e-6, "what one side of a pair has, the other lacks");
    List<JsonNode> rows = JsonLines.read(out.resolve("q/metrics.jsonl"), JsonNode.class);
    List<JsonNode> steps = rows.stream().filter(row -> row.has("loss")).toList();
    assertEquals(figures.steps(), steps.size());
    for (JsonNode step : steps) {
      assertEquals(
          step.get("qLoss").asDouble()
              + step.get("valueLoss").asDouble()
              + 0.1 * step.get("conservativeLoss").asDouble()
              + 0.1 * step.get("cloningLoss").asDouble(),
          step.get("loss").asDouble(),
          1e-5);
    }
    double[] before = yes(ToyModels.sft());
    double[] after = yes(out.resolve("q/model"));
    assertTrue(after[0] > before[0] + 0.1, after[0] + " from " + before[0]);
  }

  /** What is left is an ordinary model folder with a head of its own. */
  @Test
  void theModelIsNoLongerTied() throws IOException {
    run(config(4, 1, null), "q", Checkpoints.none());
    JsonNode json = Json.MAPPER.readTree(out.resolve("q/model/config.json").toFile());
    assertFalse(json.get("tie_word_embeddings").asBoolean());
    try (ModelFolder folder = ModelFolder.open(out.resolve("q/model"))) {
      assertFalse(folder.config().tied());
      assertTrue(folder.weights().contains("lm_head.weight"));
    }
  }

  @Test
  void aBatchInPartsMakesTheSameSteps() throws IOException {
    Ilql.HeldOut whole = run(config(4, 1, null), "whole", Checkpoints.none()).heldOut();
    Ilql.HeldOut parts = run(config(4, 1, 5), "parts", Checkpoints.none()).heldOut();
    assertEquals(whole.heldOutLoss(), parts.heldOutLoss(), 1e-4);
    assertEquals(whole.lastQ(), parts.lastQ(), 1e-4);
  }

  /** With its heads and their slow copies: of 37 steps the last 17 are made once more. */
  @Test
  void goesOnBitByBit() throws IOException {
    run(config(4, 1, null), "whole", Checkpoints.none());
    for (int time = 0; time < 2; time++) {
      Checkpoints checkpoints = Checkpoints.of(out.resolve("saved"), "same", 20, said -> {});
      assertEquals(time == 0, checkpoints.newest().isEmpty());
      run(config(4, 1, null), checkpoints.outputs(), checkpoints);
      for (String file : List.of("metrics.jsonl", "model/model.safetensors")) {
        assertEquals(
            -1,
            Files.mismatch(out.resolve("whole").resolve(file), checkpoints.outputs().resolve(file)),
            file);
      }
      if (time == 0) {
        Files.delete(checkpoints.outputs().resolve("model/model.safetensors"));
      }
    }
  }

  /** P(yes) and P(no) of the first word. */
  private static double[] yes(Path model) {
    try (ModelFolder folder = ModelFolder.open(model);
        Network network = Network.load(folder.config(), folder.weights(), Device.CPU)) {
      PromptEncoder encoder = PromptEncoder.of(folder);
      List<Sequence> both =
          List.of(" yes", " no").stream()
              .map(answer -> Sequence.encode(encoder, 32, "answer", Prompt.of("Is it 7?"), answer))
              .toList();
      float[][] logprobs = Forward.logprobs(network, both, 1, 2);
      return new double[] {Math.exp(logprobs[0][0]), Math.exp(logprobs[1][0])};
    }
  }

  private Ilql.Figures run(IlqlConfig config, String name, Checkpoints checkpoints)
      throws IOException {
    return run(config, Files.createDirectories(out.resolve(name)), checkpoints);
  }

  private static Ilql.Figures run(IlqlConfig config, Path folder, Checkpoints checkpoints) {
    try (ModelFolder start = ModelFolder.open(ToyModels.sft())) {
      return Ilql.run(config, start, LABELS, /* seed= */ 0, Device.CPU, checkpoints, folder);
    }
  }
}
