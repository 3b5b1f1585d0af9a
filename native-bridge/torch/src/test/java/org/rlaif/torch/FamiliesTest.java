package org.rlaif.torch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
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

  /** All sequences in one batch: the shorter ones are padded inside. */
  @ParameterizedTest
  @MethodSource("names")
  void answersAreThoseOfTransformers(String name) {
    List<Case> cases =
        GoldenFamilies.cases(name).stream().filter(each -> each.tokens().length > 1).toList();
    assertEquals(3, cases.size());
    Sequences rows =
        new Sequences(
            cases.stream().map(Case::tokens).toArray(int[][]::new),
            cases.stream().mapToInt(each -> 1).toArray());
    try (ModelFolder model = ModelFolder.open(GoldenFamilies.unpack(name, folder));
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
