package org.rlaif.torch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.rlaif.kit.Json;
import org.rlaif.model.DecoderConfig.Head;
import org.rlaif.model.GoldenFamilies;
import org.rlaif.model.GoldenFamilies.Case;
import org.rlaif.model.ModelFolder;

/** Every family of decoders against what Hugging Face transformers computes in float64. */
final class FamiliesTest {
  private static final double TOLERANCE = 2e-5;

  @TempDir private Path folder;

  static List<String> names() {
    return GoldenFamilies.names();
  }

  static List<String> scoreAdapters() {
    return GoldenFamilies.scoreAdapters();
  }

  @ParameterizedTest
  @MethodSource("scoreAdapters")
  void adaptersScoreAsPeftDoes(String name) {
    GoldenFamilies.unpack("llama2", folder);
    Path adapter = GoldenFamilies.unpack(name, folder);
    Path config = adapter.resolve("adapter_config.json");
    var json = Json.read(config, ObjectNode.class);
    Json.write(config, json.put("base_model_name_or_path", "../llama2"));
    compare(name, adapter);
  }

  /** All sequences in one batch: the shorter ones are padded inside. */
  @ParameterizedTest
  @MethodSource("names")
  void answersAreThoseOfTransformers(String name) {
    compare(name, GoldenFamilies.unpack(name, folder));
  }

  private static void compare(String name, Path unpacked) {
    List<Case> cases =
        GoldenFamilies.cases(name).stream().filter(each -> each.tokens().length > 1).toList();
    assertEquals(3, cases.size());
    Sequences rows =
        new Sequences(
            cases.stream().map(Case::tokens).toArray(int[][]::new),
            cases.stream().mapToInt(each -> 1).toArray());
    try (ModelFolder model = ModelFolder.open(unpacked);
        Network network = Network.load(model.config(), model.weights());
        Scope scope = Scope.open()) {
      boolean scores = model.config().head() == Head.SCORE;
      double[] expected =
          scores
              ? cases.stream().mapToDouble(Case::score).toArray()
              : cases.stream().flatMapToDouble(each -> Arrays.stream(each.chosen())).toArray();
      float[] found = (scores ? network.scores(rows) : network.logprobs(rows, 1)).toFloats();
      assertEquals(expected.length, found.length);
      for (int i = 0; i < found.length; i++) {
        assertEquals(expected[i], found[i], TOLERANCE, "at " + i);
      }
    }
  }
}
