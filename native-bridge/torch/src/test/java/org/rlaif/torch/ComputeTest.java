package org.rlaif.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlaif.model.DecoderConfig.Head;
import org.rlaif.model.GoldenFamilies;
import org.rlaif.model.GoldenFamilies.Case;
import org.rlaif.model.Lora;
import org.rlaif.model.ModelFolder;

final class ComputeTest {
  private static final Device BF16 = new Device("cpu", Compute.BF16);

  @TempDir private Path folder;

  /**
   * 8 significant bits: 1 + 2^-7 = 1.0078125 is one such number; 1.01 lies between it and 1.015625
   * and is rounded to the former; times 3 it is 3.0234375, between 3.015625 and 3.03125 and even at
   * the latter.
   */
  @Test
  void matricesAreRoundedToEightBits() {
    try (Scope scope = Scope.open()) {
      Tensor x = Tensor.of(new float[] {1.01f}, 1, 1);
      Tensor weight = Tensor.of(new float[] {3}, 1, 1);
      assertArrayEquals(
          new float[] {3.03125f}, numbers(Layers.linear(x, weight, null, true, Compute.BF16)));
      assertArrayEquals(
          new float[] {3.03f}, numbers(Layers.linear(x, weight, null, true, Compute.FP32)), 1e-6f);
    }
  }

  private static float[] numbers(Tensor tensor) {
    return Tensor.call(() -> tensor.pointer().to(torch.ScalarType.Float)).toFloats();
  }

  /** In every family, whose tiny models exaggerate: their weights are large. */
  @Test
  void answersStayNearThoseOfFp32() {
    for (String name : GoldenFamilies.names()) {
      if (name.endsWith("_score")) {
        continue;
      }
      List<Case> cases =
          GoldenFamilies.cases(name).stream().filter(each -> each.tokens().length > 1).toList();
      Sequences rows =
          new Sequences(
              cases.stream().map(Case::tokens).toArray(int[][]::new),
              cases.stream().mapToInt(each -> 1).toArray());
      try (ModelFolder model = ModelFolder.open(GoldenFamilies.unpack(name, folder));
          Network network = Network.load(model.config(), model.weights(), BF16);
          Scope scope = Scope.open()) {
        float[] found = network.logprobs(rows, 1).toFloats();
        double[] expected =
            cases.stream().flatMapToDouble(each -> Arrays.stream(each.chosen())).toArray();
        double sum = 0;
        for (int i = 0; i < found.length; i++) {
          sum += Math.abs(expected[i] - found[i]);
        }
        double mean = sum / found.length;
        assertTrue(mean > 1e-4 && mean < 0.1, name + ": " + mean);
      }
    }
  }

  /** Once or at every use: the same bits, in every family and under adapters. */
  @Test
  void frozenMatricesAreRoundedOnce() {
    var lora = new Lora(3, 6, false, List.of(Lora.ALL));
    Sequences rows = new Sequences(new int[][] {{1, 2, 3, 4, 5}, {6, 7, 8}}, new int[] {2, 1});
    for (String name : GoldenFamilies.names()) {
      if (name.endsWith("_score")) {
        continue;
      }
      try (ModelFolder model = ModelFolder.open(GoldenFamilies.unpack(name, folder));
          Network trained = Network.load(model.config(), model.weights(), BF16);
          Network frozen = Network.frozen(model.config(), model.weights(), BF16);
          Network exact = Network.frozen(model.config(), model.weights(), Device.CPU);
          Network first = trained.withAdapter(lora, Head.LANGUAGE_MODEL, 5);
          Network second = frozen.withAdapter(lora, Head.LANGUAGE_MODEL, 5);
          Scope scope = Scope.open()) {
        for (Network network : List.of(first, second)) {
          Tensor b = network.parameters().get(lora.b(lora.adapted(model.config()).get(0)).name());
          Torch.run(() -> b.pointer().detach().fill_(new Scalar(0.1))); // so that A has gradients
          network.logprobs(rows, 1).mean().neg().backward();
        }
        assertArrayEquals(
            trained.logprobs(rows, 1).toFloats(), frozen.logprobs(rows, 1).toFloats(), name);
        assertArrayEquals(
            first.logprobs(rows, 1).toFloats(), second.logprobs(rows, 1).toFloats(), name);
        first
            .parameters()
            .forEach(
                (factor, tensor) -> {
                  Tensor other = second.parameters().get(factor);
                  assertArrayEquals(gradient(tensor), gradient(other), name + " " + factor);
                });
        assertTrue(second.sharesBaseWith(frozen));
        assertArrayEquals(Tiny.checksums(trained), Tiny.checksums(exact));
        String message = assertThrows(IllegalStateException.class, second::weights).getMessage();
        assertTrue(message.endsWith(" is kept in bf16 alone"), message);
      }
    }
  }

  private static float[] gradient(Tensor tensor) {
    return Tensor.call(() -> tensor.pointer().grad()).toFloats();
  }

  @Test
  void weightsAndGradientsStayFp32AndTrainingDescends() {
    Sequences rows = Tiny.sequences(3, 6);
    try (Network network = Network.create(Tiny.CONFIG, 1, 0.1, BF16);
        Optimizer optimizer = Optimizer.adamW(network, 1e-2, 0.9, 0.98, 1e-8, 0)) {
      List<Float> losses = new ArrayList<>();
      for (int step = 0; step < 20; step++) {
        try (Scope scope = Scope.open()) {
          Tensor loss = network.logprobs(rows, 1).mean().neg();
          optimizer.zeroGrad();
          loss.backward();
          for (Tensor parameter : network.parameters().values()) {
            assertEquals(torch.ScalarType.Float.value, parameter.pointer().scalar_type().value);
            assertEquals(
                torch.ScalarType.Float.value, parameter.pointer().grad().scalar_type().value);
          }
          optimizer.step();
          losses.add(loss.item());
        }
      }
      assertTrue(losses.get(19) < losses.get(0) - 1, losses.toString());
    }
  }
}
