package org.rlaif.training.learning;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.rlaif.kit.Example;
import org.rlaif.kit.Statistics;
import org.rlaif.model.ModelFolder;
import org.rlaif.model.PromptEncoder;
import org.rlaif.model.TensorSpec;
import org.rlaif.model.Weights;
import org.rlaif.torch.Network;
import org.rlaif.torch.Optimizer;
import org.rlaif.torch.Scope;
import org.rlaif.training.losses.NegativeLogLikelihood;

class MicrobatchesTest {
  @Test
  void cutsInOrder() {
    int[] batch = {5, 3, 8, 1, 9};
    assertEquals(
        List.of(List.of(5, 3), List.of(8, 1), List.of(9)), lists(Microbatches.of(batch, 2)));
    assertEquals(List.of(List.of(5, 3, 8, 1, 9)), lists(Microbatches.of(batch, null)));
    assertEquals(List.of(List.of(5, 3, 8, 1, 9)), lists(Microbatches.of(batch, 7)));
  }

  private static List<List<Integer>> lists(List<int[]> parts) {
    return parts.stream().map(part -> IntStream.of(part).boxed().toList()).toList();
  }

  /** Completions of very different lengths, where a mean of means is another gradient. */
  @Test
  void theGradientIsThatOfTheMeanOverAllTokens() {
    try (ModelFolder folder = ModelFolder.open(ToyModels.sft())) {
      PromptEncoder encoder = PromptEncoder.of(folder);
      List<Sequence> sequences = new ArrayList<>();
      for (Example each : Toy.examples(12, 5)) {
        String text = each.completion().repeat(sequences.size() % 3 == 0 ? 3 : 1);
        sequences.add(
            new Sequence(
                encoder.prompt(each.id(), each.prompt()),
                encoder.completion(each.id(), each.prompt(), text)));
      }
      double all = Microbatches.tokens(sequences, IntStream.range(0, 12).toArray());
      ToDoubleFunction<int[]> byTokens = part -> Microbatches.tokens(sequences, part) / all;
      float[] whole = gradient(folder, sequences, null, part -> 1);
      assertTrue(Statistics.maxAbsDifference(whole, new float[whole.length]) > 1e-2);
      for (int size : new int[] {1, 5, 11}) {
        assertArrayEquals(whole, gradient(folder, sequences, size, byTokens), 1e-6f);
      }
      float[] meanOfMeans = gradient(folder, sequences, 1, part -> 1 / 12.0);
      assertTrue(Statistics.maxAbsDifference(whole, meanOfMeans) > 1e-3);
    }
  }

  /**
   * By how much all weights move, with an epsilon beside which the root of the second moment is
   * nothing: AdamW's first step is then the rate times the gradient over epsilon.
   */
  private static float[] gradient(
      ModelFolder folder, List<Sequence> sequences, Integer size, ToDoubleFunction<int[]> share) {
    double huge = 1e6;
    try (Network network = Network.load(folder.config(), folder.weights());
        Optimizer optimizer = Optimizer.adamW(network, huge, 0.9, 0.9, huge, 0)) {
      GradientSteps descent = new GradientSteps(optimizer, huge);
      descent.begin();
      for (int[] part : Microbatches.of(IntStream.range(0, 12).toArray(), size)) {
        try (Scope scope = Scope.open()) {
          var logprobs = network.logprobs(Sequence.batch(sequences, part), 1);
          descent.add(NegativeLogLikelihood.of(logprobs), share.applyAsDouble(part), "loss");
        }
      }
      descent.step(huge, "loss");
      return difference(folder.weights(), network.weights());
    }
  }

  private static float[] difference(Weights before, Weights after) {
    List<Float> all = new ArrayList<>();
    for (TensorSpec spec : after.specs()) {
      var old = before.get(spec.name());
      var now = after.get(spec.name());
      for (int i = 0; i < now.remaining(); i++) {
        all.add(old.get(i) - now.get(i));
      }
    }
    float[] flat = new float[all.size()];
    for (int i = 0; i < flat.length; i++) {
      flat[i] = all.get(i);
    }
    return flat;
  }
}
