package org.rlaif.training.offline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlaif.client.RlaifClient;
import org.rlaif.kit.Example;
import org.rlaif.kit.JsonLines;
import org.rlaif.kit.Prompt;
import org.rlaif.kit.UserError;
import org.rlaif.model.ModelFolder;
import org.rlaif.serving.grpc.RlaifServer;
import org.rlaif.serving.grpc.ServerConfig;
import org.rlaif.torch.Device;
import org.rlaif.torch.Network;
import org.rlaif.training.checkpoint.Checkpoints;
import org.rlaif.training.config.AdapterConfig;
import org.rlaif.training.config.ModelConfig;
import org.rlaif.training.config.SftConfig;
import org.rlaif.training.learning.Clockless;
import org.rlaif.training.learning.Forward;
import org.rlaif.training.learning.Sequence;
import org.rlaif.training.learning.Toy;
import org.rlaif.training.learning.ToyModels;
import org.rlaif.v1.GenerateRequest;
import org.rlaif.v1.GenerateResponse;
import org.rlaif.v1.Sampling;

class SftTest {
  private static final SftConfig SHORT =
      new SftConfig(8, 4, null, 1e-2, 0.1, 0.5, 0.1, 1, Toy.ADAM, false);

  @TempDir private Path out;

  @Test
  void learnsTheTaskAsFarAsItCanBeLearned() {
    Sft.Figures figures = ToyModels.sftFigures();
    double before = figures.before().validationLoss();
    double after = figures.validationLoss();
    // Nothing is known: every one of 270 tokens is equally likely.
    assertEquals(Math.log(270), before, 0.5);
    // The task leaves ln 3 for the length and ln 2 for each of 2 words on average, over 3 tokens.
    assertEquals((Math.log(3) + 2 * Math.log(2)) / 3, after, 0.1);
    assertTrue(figures.endProbability() > 0.3);
  }

  @Test
  void writesAModelFolderAndARowPerStep() {
    try (ModelFolder folder = ModelFolder.open(ToyModels.sft())) {
      assertEquals(16, folder.config().width());
      assertEquals(ToyModels.sftFigures().parameters(), folder.config().parameterCount());
    }
    List<JsonNode> rows =
        JsonLines.read(ToyModels.sft().resolveSibling("metrics.jsonl"), JsonNode.class);
    long steps = rows.stream().filter(row -> row.has("loss")).count();
    assertEquals(Toy.SFT.steps(), steps);
    assertEquals(5, rows.stream().filter(row -> row.has("validationLoss")).count());
  }

  @Test
  void sameSeedSameFigures() throws Exception {
    ObjectNode once = run(1, out.resolve("once"));
    ObjectNode again = run(1, out.resolve("again"));
    ObjectNode other = run(2, out.resolve("other"));
    assertEquals(once, again);
    assertNotEquals(once, other);
  }

  @Test
  void continuesFromAModelFolder() throws Exception {
    ModelConfig start =
        new ModelConfig(ToyModels.sft().toString(), 32, 16, 2, 2, 0.1, AdapterConfig.NONE);
    Sft.Figures figures =
        Sft.run(
            SHORT,
            start,
            ToyModels.tokenizerJson(),
            new Sft.Examples(Toy.examples(20, 6), Toy.examples(50, 3), 0, 0),
            0,
            Device.CPU,
            Checkpoints.none(),
            out);
    double learned = ToyModels.sftFigures().validationLoss();
    assertEquals(learned, figures.before().validationLoss(), 1e-5);
  }

  /** From scratch: 3 heads of 5 numbers, of which the server's cache fills up each to 8. */
  @Test
  void servesWhatItTrainedWithHeadsOfAnyWidth() {
    var shape = new ModelConfig("", 32, 15, 2, 3, 0.1, AdapterConfig.NONE);
    Sft.run(
        SHORT,
        shape,
        ToyModels.tokenizerJson(),
        new Sft.Examples(Toy.examples(20, 6), List.of(), 0, 0),
        0,
        Device.CPU,
        Checkpoints.none(),
        out);
    int[] prompt = {2, 40, 41, 42, 43, 44, 45, 46, 47};
    try (ModelFolder folder = ModelFolder.open(out.resolve("model"));
        Network network = Network.load(folder.config(), folder.weights(), Device.CPU);
        RlaifServer server =
            RlaifServer.start(ServerConfig.inProcess(Map.of("policy", folder.path())));
        RlaifClient client = ToyModels.client(server)) {
      assertEquals(5, folder.config().attention().headWidth());
      GenerateResponse answer =
          client.generate(
              GenerateRequest.newBuilder()
                  .setModel("policy")
                  .setPrompt(RlaifClient.tokens(prompt))
                  .setSampling(Sampling.newBuilder().setMinTokens(12).setMaxTokens(12).setSeed(1))
                  .build());
      int[] completion = answer.getTokenIdsList().stream().mapToInt(Integer::intValue).toArray();
      float[] expected =
          Forward.logprobs(network, List.of(new Sequence(prompt, completion)), 1, 1)[0];
      assertEquals(12, expected.length);
      for (int i = 0; i < expected.length; i++) {
        assertEquals(expected[i], answer.getLogprobs(i), 2e-5, "token " + i);
      }
    }
  }

  @Test
  void namesTheShapeThatHeadsDoNotFill() {
    UserError error =
        assertThrows(
            UserError.class, () -> new ModelConfig("", 32, 16, 2, 3, 0.1, AdapterConfig.NONE));
    assertEquals("model.width: 16 (expected: a multiple of model.heads (3))", error.getMessage());
  }

  @Test
  void withoutValidationExamplesItOnlyTrains() {
    Sft.Figures figures =
        Sft.run(
            SHORT,
            Toy.MODEL,
            ToyModels.tokenizerJson(),
            new Sft.Examples(Toy.examples(20, 6), List.of(), 0, 0),
            0,
            Device.CPU,
            Checkpoints.none(),
            out);
    assertFalse(Clockless.of(figures).has("validationLoss"));
    assertTrue(figures.trainLoss() < Math.log(270));
  }

  @Test
  void namesTheExampleThatIsTooLong() {
    List<Example> examples =
        List.of(new Example("toy-7", Prompt.of("Is it 5?"), " yes".repeat(40)));
    UserError error =
        assertThrows(
            UserError.class,
            () ->
                Sft.run(
                    SHORT,
                    Toy.MODEL,
                    ToyModels.tokenizerJson(),
                    new Sft.Examples(examples, examples, 0, 0),
                    0,
                    Device.CPU,
                    Checkpoints.none(),
                    out));
    assertTrue(
        error.getMessage().matches("example toy-7: \\d+ tokens \\(expected: at most 32.*"),
        error.getMessage());
  }

  @Test
  void endsByNameWhenTheTrainingBlowsUp() {
    SftConfig wild = new SftConfig(30, 4, null, 1e30, 0, 0, 0.1, 1, Toy.ADAM, false);
    UserError error =
        assertThrows(
            UserError.class,
            () ->
                Sft.run(
                    wild,
                    Toy.MODEL,
                    ToyModels.tokenizerJson(),
                    new Sft.Examples(Toy.examples(20, 6), Toy.examples(5, 7), 0, 0),
                    0,
                    Device.CPU,
                    Checkpoints.none(),
                    out));
    assertTrue(error.getMessage().startsWith("sft, step "), error.getMessage());
    assertTrue(error.getMessage().contains("expected: a finite number"), error.getMessage());
  }

  private static ObjectNode run(long seed, Path folder) throws Exception {
    Files.createDirectories(folder);
    return Clockless.of(
        Sft.run(
            SHORT,
            Toy.MODEL,
            ToyModels.tokenizerJson(),
            new Sft.Examples(Toy.examples(20, 6), Toy.examples(10, 7), 0, 0),
            seed,
            Device.CPU,
            Checkpoints.none(),
            folder));
  }
}
