package org.rlaif.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlaif.kit.UserError;
import org.rlaif.model.DecoderConfig;
import org.rlaif.model.DecoderConfig.Head;
import org.rlaif.model.Golden;
import org.rlaif.model.ModelFolder;
import org.rlaif.model.Weights;

final class NetworkTest {
  @TempDir private Path folder;

  /** Golden cases with something to predict, as rows whose prompt is the beginning token. */
  private static Sequences rows(List<Golden.Case> cases) {
    return new Sequences(
        cases.stream().map(Golden.Case::tokens).toArray(int[][]::new),
        cases.stream().mapToInt(each -> 1).toArray());
  }

  private static List<Golden.Case> predictions() {
    List<Golden.Case> cases =
        Golden.cases().stream().filter(each -> each.tokens().length > 1).toList();
    assertEquals(3, cases.size());
    return cases;
  }

  @Test
  void logprobsAreThoseOfTransformers() {
    List<Golden.Case> cases = predictions();
    try (ModelFolder model = ModelFolder.open(Golden.policy(folder));
        Network network = Network.load(model.config(), model.weights());
        Scope scope = Scope.open()) {
      for (int t = 0; t < cases.get(0).logprobs().size(); t++) {
        int which = t;
        double temperature = cases.get(0).logprobs().get(t).temperature();
        double[] expected =
            cases.stream()
                .flatMapToDouble(each -> Arrays.stream(each.logprobs().get(which).chosen()))
                .toArray();
        assertClose(expected, network.logprobs(rows(cases), temperature), 1e-5);
      }
    }
  }

  @Test
  void scoresAreThoseOfTransformers() {
    List<Golden.Case> cases = predictions();
    try (ModelFolder model = ModelFolder.open(Golden.reward(folder));
        Network network = Network.load(model.config(), model.weights());
        Scope scope = Scope.open()) {
      double[] expected = cases.stream().mapToDouble(Golden.Case::score).toArray();
      assertClose(expected, network.scores(rows(cases)), 1e-5);
    }
  }

  private static void assertClose(double[] expected, Tensor actual, double tolerance) {
    float[] numbers = actual.toFloats();
    assertEquals(expected.length, numbers.length);
    for (int i = 0; i < numbers.length; i++) {
      assertEquals(expected[i], numbers[i], tolerance, "at " + i);
    }
  }

  @Test
  void aSumOfScoresIsOneScore() {
    Sequences rows = Tiny.sequences(3, 6);
    double[] weights = {0.5, -2, 1};
    try (Network policy = Tiny.network(1);
        Network three = policy.withScoreHead(3, 2);
        Network sum = three.withSumOfScores(weights);
        Network second = three.withSumOfScores(0, 1, 0);
        Scope scope = Scope.open()) {
      float[] each = three.scores(rows).toFloats(); // row after row
      assertEquals(3 * rows.size(), each.length);
      double[] expected = new double[rows.size()];
      double[] seconds = new double[rows.size()];
      for (int i = 0; i < each.length; i++) {
        expected[i / 3] += weights[i % 3] * each[i];
        seconds[i / 3] += i % 3 == 1 ? each[i] : 0;
      }
      assertClose(expected, sum.scores(rows), 1e-5);
      assertClose(seconds, second.scores(rows), 1e-6);
      assertEquals(1, sum.config().scores());
      assertThrows(IllegalArgumentException.class, () -> three.withSumOfScores(1, 2));
    }
  }

  @Test
  void aRowDoesNotNoticeItsNeighbours() {
    Sequences together = Tiny.sequences(3, 6);
    try (Network policy = Tiny.network(1);
        Network reward = policy.withScoreHead(2);
        Scope scope = Scope.open()) {
      float[] logprobs = policy.logprobs(together, 1.0).toFloats();
      float[] scores = reward.scores(together).toFloats();
      int at = 0;
      for (int row = 0; row < together.size(); row++) {
        Sequences alone = together.slice(row);
        int n = alone.completionTokens();
        assertArrayEquals(
            policy.logprobs(alone, 1.0).toFloats(),
            Arrays.copyOfRange(logprobs, at, at + n),
            1e-5f);
        assertEquals(reward.scores(alone).item(), scores[row], 1e-5f);
        at += n;
      }
      assertEquals(logprobs.length, at);
    }
  }

  @Test
  void whatComesLaterChangesNothing() {
    int[] tokens = {2, 5, 6, 7, 8, 9};
    int[] longer = {2, 5, 6, 7, 8, 9, 30, 31};
    try (Network network = Tiny.network(1);
        Scope scope = Scope.open()) {
      float[] before = network.logprobs(row(tokens, 2), 1.0).toFloats();
      float[] after = network.logprobs(row(longer, 2), 1.0).toFloats();
      assertArrayEquals(before, Arrays.copyOf(after, before.length), 1e-5f);
    }
  }

  private static Sequences row(int[] tokens, int prompt) {
    return new Sequences(new int[][] {tokens}, new int[] {prompt});
  }

  /**
   * Hidden states that only depend on the position: the embedding of position p is 100 times the
   * p-th unit vector of eight (the norm's epsilon is nothing beside it), all else is 0. Its layer
   * norm has √7 at p and -1/√7 elsewhere; the score head (0, 1, 2, 3, 0, ...) makes of this √7 p -
   * (6 - p) / √7 = (8 p - 6) / √7.
   */
  @Test
  void valuesAreReadBeforeTheirTokensAndScoresAtTheEnd() {
    var config = DecoderConfig.gpt2(8, 4, 8, 1, 1, 8).withHead(Head.SCORE);
    Weights weights = Weights.allocate(config.parameters());
    for (int p = 0; p < 4; p++) {
      weights.get("transformer.wpe.weight").put(8 * p + p, 100);
      weights.get("score.weight").put(p, p);
    }
    for (int i = 0; i < 8; i++) {
      weights.get("transformer.ln_f.weight").put(i, 1);
    }
    var rows = new Sequences(new int[][] {{2, 3, 4, 1}, {2, 5}}, new int[] {2, 1});
    try (Network network = Network.load(config, weights);
        Scope scope = Scope.open()) {
      double root = Math.sqrt(7);
      // Tokens 2 and 3 of the first row, token 1 of the second: positions 1, 2 and 0.
      assertClose(new double[] {2 / root, 10 / root, -6 / root}, network.values(rows), 1e-5);
      assertClose(new double[] {18 / root, 2 / root}, network.scores(rows), 1e-5);
    }
  }

  @Test
  void zeroWeightsGiveTheUniformDistribution() {
    try (Network network = Network.load(Tiny.CONFIG, Weights.allocate(Tiny.CONFIG.parameters()));
        Scope scope = Scope.open()) {
      TokenDistribution distribution = network.distribution(Tiny.sequences(1, 3), 0.5);
      for (float logprob : distribution.logprobs().toFloats()) {
        assertEquals(-Math.log(48), logprob, 1e-6);
      }
      for (float entropy : distribution.entropy().toFloats()) {
        assertEquals(Math.log(48), entropy, 1e-5);
      }
    }
  }

  @Test
  void colderIsSurer() {
    Sequences rows = Tiny.sequences(1, 3);
    try (Network network = Tiny.network(1);
        Scope scope = Scope.open()) {
      TokenDistribution warm = network.distribution(rows, 1.0);
      TokenDistribution cold = network.distribution(rows, 0.5);
      assertTrue(cold.entropy().mean().item() < warm.entropy().mean().item());
      assertArrayEquals(network.logprobs(rows, 1.0).toFloats(), warm.logprobs().toFloats());
    }
  }

  /** Central differences of the loss, in every kind of parameter. */
  @Test
  void gradientsAreDifferences() {
    Sequences rows = Tiny.sequences(5, 4);
    for (String name :
        List.of(
            "transformer.wte.weight",
            "transformer.wpe.weight",
            "transformer.h.0.ln_1.weight",
            "transformer.h.0.attn.c_attn.weight",
            "transformer.h.1.attn.c_proj.bias",
            "transformer.h.1.mlp.c_fc.weight",
            "transformer.ln_f.bias")) {
      try (Network network = Tiny.network(5);
          Scope scope = Scope.open()) {
        network.logprobs(rows, 0.8).mean().neg().backward();
        float[] gradient =
            Tensor.call(() -> network.parameters().get(name).pointer().grad()).toFloats();
        int at = largest(gradient);
        float h = 2e-2f;
        double difference = (loss(network, rows, name, at, h) - loss(network, rows, name, at, -h));
        assertEquals(
            difference / (2 * h), gradient[at], 2e-3 + 0.02 * Math.abs(gradient[at]), name);
      }
    }
  }

  private static int largest(float[] numbers) {
    int largest = 0;
    for (int i = 1; i < numbers.length; i++) {
      largest = Math.abs(numbers[i]) > Math.abs(numbers[largest]) ? i : largest;
    }
    return largest;
  }

  private static double loss(Network network, Sequences rows, String name, int at, float moved) {
    Weights weights = network.weights();
    FloatBuffer numbers = weights.get(name);
    numbers.put(at, numbers.get(at) + moved);
    try (Network other = Network.load(network.config(), weights);
        Scope scope = Scope.open()) {
      float[] logprobs = other.logprobs(rows, 0.8).toFloats();
      double sum = 0;
      for (float logprob : logprobs) {
        sum += logprob;
      }
      return -sum / logprobs.length;
    }
  }

  @Test
  void aScoreHeadSitsOnACopyOfTheTrunk() {
    Sequences rows = Tiny.sequences(1, 3);
    try (Network policy = Tiny.network(1);
        Network reward = policy.withScoreHead(3);
        Scope scope = Scope.open()) {
      int[] trunk = Tiny.checksums(policy);
      assertEquals(Head.SCORE, reward.config().head());
      assertArrayEquals(trunk, Arrays.copyOf(Tiny.checksums(reward), trunk.length));
      assertTrue(reward.scores(rows).square().sum().item() > 0);
    }
  }

  @Test
  void copiesLiveTheirOwnLives() {
    Sequences rows = Tiny.sequences(1, 3);
    Network original = Tiny.network(1);
    int[] before = Tiny.checksums(original);
    try (Network copy = original.copy();
        Optimizer optimizer = Optimizer.adamW(copy, 0.01, 0.9, 0.98, 1e-8, 0)) {
      Tiny.step(copy, optimizer, rows);
      assertFalse(Arrays.equals(before, Tiny.checksums(copy)));
      assertArrayEquals(before, Tiny.checksums(original));
      original.close();
      Tiny.step(copy, optimizer, rows);
    }
  }

  @Test
  void refusesWhatDoesNotFit() {
    try (Network network = Tiny.network(1)) {
      assertEquals(
          "tokens in row 0: 25 (expected: <= 24, the context of the model)",
          assertThrows(UserError.class, () -> network.logprobs(row(new int[25], 2), 1.0))
              .getMessage());
      assertEquals(
          "token in row 0: 48 (expected: 0 to 47, the vocabulary of the model)",
          assertThrows(UserError.class, () -> network.logprobs(row(new int[] {2, 48}, 1), 1.0))
              .getMessage());
      Sequences fine = row(new int[] {2, 3}, 1);
      assertThrows(UserError.class, () -> network.logprobs(fine, 0));
      assertThrows(UserError.class, () -> Network.create(Tiny.CONFIG, 1, -1));
      assertThrows(IllegalStateException.class, () -> network.scores(fine));
      assertThrows(
          IllegalArgumentException.class,
          () -> Network.load(Tiny.CONFIG.withHead(Head.SCORE), network.weights()));
    }
  }
}
