package org.rlaif.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.bytedeco.pytorch.AdamW;
import org.bytedeco.pytorch.AdamWOptions;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlaif.kit.UserError;
import org.rlaif.model.DecoderConfig;
import org.rlaif.model.Weights;

final class OptimizerTest {
  private static final String WTE = "transformer.wte.weight";
  private static final String BIAS = "transformer.ln_f.bias";

  @TempDir private Path folder;

  /** Adds a loss whose gradient is c in every entry of a parameter. */
  private static void pull(Network network, String name, double c) {
    try (Scope scope = Scope.open()) {
      network.parameters().get(name).sum().times(c).backward();
    }
  }

  private static float first(Network network, String name) {
    return network.weights().get(name).get(0);
  }

  /**
   * Gradients 1, then 3, with β1 0.5, β2 0.75, rate 0.1, decay 0.2.
   *
   * <pre>
   * m: 0.5, 1.75     over 1 - 0.5ᵗ:  1, 7/3
   * v: 0.25, 2.4375  over 1 - 0.75ᵗ: 1, 39/7
   * </pre>
   */
  @Test
  void twoStepsByHand() {
    try (Network network = Tiny.network(1);
        Optimizer optimizer = Optimizer.adamW(network, 0.1, 0.5, 0.75, 1e-12, 0.2)) {
      double matrix = first(network, WTE);
      double bias = first(network, BIAS);
      double[] moves = {1, (7 / 3.0) / Math.sqrt(39 / 7.0)};
      double[] gradients = {1, 3};
      for (int step = 0; step < 2; step++) {
        optimizer.zeroGrad();
        pull(network, WTE, gradients[step]);
        pull(network, BIAS, gradients[step]);
        optimizer.step();
        matrix = matrix * (1 - 0.1 * 0.2) - 0.1 * moves[step];
        bias -= 0.1 * moves[step]; // no decay
        assertEquals(matrix, first(network, WTE), 1e-6);
        assertEquals(bias, first(network, BIAS), 1e-6);
      }
    }
  }

  @Test
  void stepsAsLibTorchsAdamW() {
    try (Network ours = Tiny.network(1);
        Network theirs = Tiny.network(1);
        Optimizer optimizer = Optimizer.adamW(ours, 0.01, 0.9, 0.999, 1e-4, 0);
        Scope scope = Scope.open()) {
      var parameters = new TensorVector();
      theirs.parameters().values().forEach(each -> parameters.push_back(each.pointer()));
      var options = new AdamWOptions(0.01);
      options.weight_decay().put(0);
      // The gradient of a key's bias is 0 but for rounding; a smaller epsilon would blow that up.
      options.eps().put(1e-4);
      var oracle = new AdamW(parameters, options);
      for (int step = 0; step < 5; step++) {
        Sequences rows = Tiny.sequences(step, 4);
        Tiny.step(ours, optimizer, rows);
        oracle.zero_grad();
        theirs.logprobs(rows, 1.0).mean().neg().backward();
        torch.clip_grad_norm_(parameters, 1.0);
        oracle.step();
      }
      Weights expected = theirs.weights();
      Weights actual = ours.weights();
      expected
          .specs()
          .forEach(
              spec ->
                  assertArrayEquals(
                      array(expected.get(spec.name())),
                      array(actual.get(spec.name())),
                      2e-5f,
                      spec.name()));
    }
  }

  private static float[] array(FloatBuffer numbers) {
    float[] array = new float[numbers.remaining()];
    numbers.get(array);
    return array;
  }

  @Test
  void theScheduleDecidesTheRate() {
    try (Network network = Tiny.network(1);
        Optimizer optimizer = Optimizer.adamW(network, 0.1, 0.9, 0.98, 1e-12, 0)) {
      float before = first(network, BIAS);
      pull(network, BIAS, 5);
      optimizer.step(0.25);
      assertEquals(before - 0.25, first(network, BIAS), 1e-6);
    }
  }

  @Test
  void gradientsAddUpUntilTheyAreForgotten() {
    try (Network network = Tiny.network(1);
        Optimizer optimizer = Optimizer.adamW(network, 0.1, 0.9, 0.98, 1e-8, 0)) {
      pull(network, BIAS, 1); // 16 entries: a norm of 4
      assertEquals(4, optimizer.clipGradients(100), 1e-5);
      pull(network, BIAS, 2);
      assertEquals(12, optimizer.clipGradients(6), 1e-5);
      assertEquals(6, optimizer.clipGradients(6), 1e-4);
      optimizer.zeroGrad();
      assertEquals(0, optimizer.clipGradients(6));
    }
  }

  @Test
  void lossesFall() {
    Sequences rows = Tiny.sequences(1, 8);
    try (Network network = Tiny.network(1);
        Optimizer optimizer = Optimizer.adamW(network, 0.01, 0.9, 0.98, 1e-8, 0.01)) {
      float before = Tiny.step(network, optimizer, rows);
      for (int step = 0; step < 60; step++) {
        Tiny.step(network, optimizer, rows);
      }
      float after = Tiny.step(network, optimizer, rows);
      assertTrue(after < 0.3 * before, before + " to " + after);
    }
  }

  @Test
  void continuesBitByBit() {
    Path file = folder.resolve("optimizer.safetensors");
    Weights weights;
    int[] undisturbed;
    try (Network network = Tiny.network(1);
        Optimizer optimizer = Optimizer.adamW(network, 0.01, 0.9, 0.98, 1e-8, 0.01)) {
      train(network, optimizer, 0);
      optimizer.save(file);
      weights = network.weights();
      train(network, optimizer, 10);
      undisturbed = Tiny.checksums(network);
    }
    try (Network network = Network.load(Tiny.CONFIG, weights);
        Optimizer optimizer = Optimizer.adamW(network, 0.01, 0.9, 0.98, 1e-8, 0.01)) {
      optimizer.load(file);
      train(network, optimizer, 10);
      assertArrayEquals(undisturbed, Tiny.checksums(network));
    }
  }

  private static void train(Network network, Optimizer optimizer, int from) {
    for (int step = from; step < from + 10; step++) {
      Tiny.step(network, optimizer, Tiny.sequences(step, 4));
    }
  }

  @Test
  void refusesTheStateOfAnotherNetwork() throws Exception {
    Path file = folder.resolve("optimizer.safetensors");
    var other = DecoderConfig.gpt2(48, 24, 32, 2, 2, 32);
    try (Network network = Tiny.network(1);
        Network wrong = Network.create(other, 1, 0.02);
        Optimizer optimizer = Optimizer.adamW(network, 0.01, 0.9, 0.98, 1e-8, 0.01);
        Optimizer stranger = Optimizer.adamW(wrong, 0.01, 0.9, 0.98, 1e-8, 0.01)) {
      stranger.save(file);
      String message = assertThrows(UserError.class, () -> optimizer.load(file)).getMessage();
      assertTrue(message.startsWith(file + ": "), message);
      // Cut short by a full disk, say.
      Files.write(file, Arrays.copyOf(Files.readAllBytes(file), 3000));
      assertThrows(UserError.class, () -> stranger.load(file));
      assertThrows(UserError.class, () -> optimizer.load(folder.resolve("absent")));
    }
  }

  @Test
  void refusesBadSettings() {
    try (Network network = Tiny.network(1);
        Optimizer optimizer = Optimizer.adamW(network, 0.01, 0.9, 0.98, 1e-8, 0)) {
      assertEquals(
          "beta2: 1.0 (expected: from 0 to below 1)",
          assertThrows(
                  UserError.class, () -> Optimizer.adamW(network, 0.01, 0.9, 1, 1e-8, 0).close())
              .getMessage());
      assertThrows(UserError.class, () -> optimizer.clipGradients(0));
      pull(network, BIAS, Double.NaN);
      String message = assertThrows(UserError.class, () -> optimizer.clipGradients(1)).getMessage();
      assertTrue(message.startsWith("gradient norm: NaN (expected: finite"), message);
    }
  }
}
