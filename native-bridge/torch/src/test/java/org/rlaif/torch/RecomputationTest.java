package org.rlaif.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.rlaif.model.DecoderConfig.Head;
import org.rlaif.model.Lora;
import org.rlaif.model.TensorSpec;
import org.rlaif.model.Weights;

/** Blocks that are computed once more teach what blocks that were kept do, but for rounding. */
class RecomputationTest {
  private static final Lora LORA = new Lora(2, 4, false, List.of(Lora.ALL));
  private static final Sequences ROWS = Tiny.sequences(1, 6);
  private static final Sequences OTHERS = Tiny.sequences(2, 4);

  private record Case(
      String name, Function<Network, Network> made, BiFunction<Network, Sequences, Tensor> asked) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Case> cases() {
    return Stream.of(
        new Case("policy", Network::copy, (network, rows) -> network.logprobs(rows, 0.7)),
        new Case(
            "entropy", Network::copy, (network, rows) -> network.distribution(rows, 1).entropy()),
        new Case("values", network -> network.withScoreHead(3), Network::values),
        new Case("scores", network -> network.withScoreHead(3), Network::scores),
        new Case(
            "adapter",
            network -> network.withAdapter(LORA, Head.LANGUAGE_MODEL, 4),
            (network, rows) -> network.logprobs(rows, 1)));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void theWeightsAreTheSame(Case each) {
    for (Compute compute : Compute.values()) {
      float[][] kept = trained(new Device("cpu", compute), each);
      float[][] again = trained(new Device("cpu", compute, /* recomputes= */ true), each);
      assertEquals(kept.length, again.length);
      for (int i = 0; i < kept.length; i++) {
        float within = compute == Compute.FP32 ? 1e-6f : 1e-3f;
        assertArrayEquals(kept[i], again[i], within, each + ", " + compute + ", tensor " + i);
      }
    }
  }

  /** Three steps, of two parts each, the second of which asks twice. */
  private static float[][] trained(Device device, Case each) {
    try (Network seeded = Tiny.network(1);
        Network base = Network.load(Tiny.CONFIG, seeded.weights(), device);
        Network network = each.made().apply(base);
        Optimizer optimizer = Optimizer.adamW(network, 0.01, 0.9, 0.98, 1e-3, 0.01)) {
      for (int step = 0; step < 3; step++) {
        try (Scope scope = Scope.open()) {
          optimizer.zeroGrad();
          optimizer.backward(each.asked().apply(network, ROWS).square().mean());
          Tensor one = each.asked().apply(network, ROWS).mean();
          optimizer.backward(one.plus(each.asked().apply(network, OTHERS).square().mean()));
          optimizer.clipGradients(1);
          optimizer.step();
        }
      }
      Weights weights = network.trainedWeights();
      return weights.specs().stream()
          .map(TensorSpec::name)
          .map(name -> numbers(weights, name))
          .toArray(float[][]::new);
    }
  }

  private static float[] numbers(Weights weights, String name) {
    var buffer = weights.get(name).duplicate();
    float[] numbers = new float[buffer.remaining()];
    buffer.get(numbers);
    return numbers;
  }

  @Test
  void whatIsNotLearnedFromIsForgotten() {
    long pointers = Pointer.totalCount();
    Device device = new Device("cpu", Compute.FP32, /* recomputes= */ true);
    try (Network seeded = Tiny.network(1);
        Network network = Network.load(Tiny.CONFIG, seeded.weights(), device);
        Optimizer optimizer = Optimizer.adamW(network, 0.01, 0.9, 0.98, 1e-8, 0.01)) {
      long before = Pointer.totalCount();
      try (Scope scope = Scope.open()) {
        optimizer.zeroGrad();
        network.logprobs(ROWS, 1); // nobody learns from this one
        optimizer.backward(network.logprobs(OTHERS, 1).mean());
        optimizer.step();
        network.logprobs(ROWS, 1).mean().backward();
        assertThrows(IllegalStateException.class, optimizer::step, "half of the way back");
        network.logprobs(ROWS, 1);
        optimizer.zeroGrad();
      }
      assertEquals(before, Pointer.totalCount());
    }
    assertEquals(pointers, Pointer.totalCount());
  }
}
