package org.rlaif.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.rlaif.model.DecoderConfig.Head;
import org.rlaif.model.GoldenFamilies;
import org.rlaif.model.GoldenFamilies.Case;
import org.rlaif.model.GoldenFamilies.Training;
import org.rlaif.model.Linear;
import org.rlaif.model.Lora;
import org.rlaif.model.ModelFolder;
import org.rlaif.model.TensorSpec;
import org.rlaif.model.Weights;

/** Networks with an adapter, by hand and against what Hugging Face's PEFT computes in float64. */
final class AdapterTest {
  private static final double TOLERANCE = 4e-5;
  private static final Lora LORA = new Lora(3, 6, false, List.of(Lora.ALL));

  @TempDir private Path folder;

  static List<String> adapters() {
    return GoldenFamilies.adapters();
  }

  /** W = ((1 2) (3 4)), A = (5 6), B = (7 8)ᵀ, s = 1/2, x = (1 1): x Wᵀ = (3 7), x Aᵀ = 11. */
  @Test
  void anAdapterAddsItsProduct() {
    var spec = new TensorSpec("m.weight", List.of(2L, 2L));
    var lora = new Lora(2, 1, false, List.of("m"));
    try (Scope scope = Scope.open()) {
      for (boolean inputsFirst : new boolean[] {false, true}) {
        var linear = new Linear(spec, null, inputsFirst);
        var factors =
            new Factors(
                lora,
                Map.of(
                    lora.a(linear).name(), Tensor.of(new float[] {5, 6, 0, 0}, 2, 2),
                    lora.b(linear).name(), Tensor.of(new float[] {7, 0, 8, 0}, 2, 2)));
        assertTrue(factors.adapt(linear));
        Tensor x = Tensor.of(new float[] {1, 1}, 1, 2);
        Tensor product = Tensor.of(new float[] {3, 7}, 1, 2);
        assertArrayEquals(new float[] {41.5f, 51}, factors.added(linear, x, product).toFloats());
        assertArrayEquals(
            inputsFirst ? new float[] {18.5f, 22, 24, 28} : new float[] {18.5f, 23, 23, 28},
            factors.merged(linear, Tensor.of(new float[] {1, 2, 3, 4}, 2, 2)).toFloats());
      }
    }
  }

  /** As PEFT begins: B is zero and A within 1/√in, so that all is as before. */
  @Test
  void aFreshAdapterChangesNothing() {
    Sequences rows = Tiny.sequences(1, 3);
    try (Network base = Tiny.network(1);
        Network network = base.withAdapter(LORA, Head.LANGUAGE_MODEL, 5);
        Network off = network.withoutAdapter();
        Scope scope = Scope.open()) {
      float[] before = base.logprobs(rows, 1).toFloats();
      assertArrayEquals(before, network.logprobs(rows, 1).toFloats());
      assertArrayEquals(before, off.logprobs(rows, 1).toFloats());
      Weights fresh = network.trainedWeights();
      assertEquals(LORA.parameters(Tiny.CONFIG), fresh.specs());
      for (Linear linear : LORA.adapted(Tiny.CONFIG)) {
        float[] a = network.parameters().get(LORA.a(linear).name()).toFloats();
        double most = IntStream.range(0, a.length).mapToDouble(i -> Math.abs(a[i])).max().orElse(0);
        double bound = 1 / Math.sqrt(linear.inputs());
        assertTrue(most <= bound && most > 0.8 * bound, most + " of " + bound);
        float[] b = network.parameters().get(LORA.b(linear).name()).toFloats();
        assertArrayEquals(new float[b.length], b);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("adapters")
  void answersAreThoseOfPeft(String name) {
    Sequences rows = rows(cases(name));
    double[] expected =
        cases(name).stream().flatMapToDouble(each -> Arrays.stream(each.chosen())).toArray();
    try (ModelFolder model = open(name);
        Network merged = Network.load(model.config(), model.weights());
        Network base = Network.load(model.base().config(), model.base().weights());
        Network live = live(base, model);
        Network remerged = Network.load(live.config(), live.weights());
        Scope scope = Scope.open()) {
      for (Network network : List.of(merged, live, remerged)) {
        assertClose(expected, network.logprobs(rows, 1).toFloats(), TOLERANCE);
      }
    }
  }

  /** Three steps of AdamW. */
  @Test
  void trainingIsThatOfPeft() {
    Training golden = GoldenFamilies.training();
    List<Case> two = GoldenFamilies.cases("lora_llama3").subList(0, 2);
    Sequences rows = rows(two.stream().filter(each -> each.tokens().length > 1).toList());
    assertEquals(19, rows.completionTokens());
    try (ModelFolder model = open("lora_llama3");
        Network base = Network.load(model.base().config(), model.base().weights());
        Network network = live(base, model);
        Optimizer optimizer = Optimizer.adamW(network, 0.01, 0.9, 0.999, 1e-8, 0)) {
      int[] before = Tiny.checksums(base);
      for (int step = 0; step < 3; step++) {
        try (Scope scope = Scope.open()) {
          optimizer.zeroGrad();
          Tensor loss = network.logprobs(rows, 1).mean().neg();
          assertEquals(golden.losses()[step], loss.item(), 1e-4, "step " + step);
          loss.backward();
          if (step == 0) {
            assertNorms(golden.gradients(), gradients(network));
          }
          optimizer.step();
        }
      }
      assertNorms(golden.trained(), numbers(network.trainedWeights()));
      assertArrayEquals(before, Tiny.checksums(base));
    }
  }

  /** Central differences of the loss, in both factors of a matrix of every kind. */
  @Test
  void gradientsAreDifferences() {
    Sequences rows = Tiny.sequences(5, 4);
    try (Network base = Tiny.network(5);
        Network network = base.withAdapter(LORA, Head.LANGUAGE_MODEL, random(6));
        Scope scope = Scope.open()) {
      network.logprobs(rows, 0.8).mean().neg().backward();
      Map<String, float[]> gradients = gradients(network);
      gradients.forEach(
          (name, gradient) -> {
            int at = largest(gradient);
            float h = 1e-2f;
            double difference =
                loss(network, rows, name, at, h) - loss(network, rows, name, at, -h);
            assertEquals(
                difference / (2 * h), gradient[at], 2e-3 + 0.02 * Math.abs(gradient[at]), name);
          });
    }
  }

  /**
   * Its own adapter and head over one base, which nobody moves and which outlives its first owner.
   */
  @Test
  void policyReferenceAndValuesShareOneBase() {
    Sequences rows = Tiny.sequences(1, 3);
    Network base = Tiny.network(1);
    int[] before = Tiny.checksums(base);
    float[] asked;
    try (Scope scope = Scope.open()) {
      asked = base.logprobs(rows, 1).toFloats();
    }
    try (Network policy = base.withAdapter(LORA, Head.LANGUAGE_MODEL, 2);
        Network reference = policy.withoutAdapter();
        Network values = policy.withScoreHead(3);
        Optimizer policyOptimizer = Optimizer.adamW(policy, 0.01, 0.9, 0.98, 1e-8, 0);
        Optimizer valueOptimizer = Optimizer.adamW(values, 0.01, 0.9, 0.98, 1e-8, 0)) {
      base.close();
      assertEquals(Head.SCORE, values.config().head());
      assertTrue(policy.sharesBaseWith(reference));
      assertTrue(policy.sharesBaseWith(values));
      Weights head = values.trainedWeights();
      Tiny.step(policy, policyOptimizer, rows);
      try (Scope scope = Scope.open()) {
        values.values(rows).minus(1).square().mean().backward();
        valueOptimizer.step();
      }
      try (Scope scope = Scope.open()) {
        assertArrayEquals(asked, reference.logprobs(rows, 1).toFloats());
        assertFalse(Arrays.equals(asked, policy.logprobs(rows, 1).toFloats()));
      }
      assertArrayEquals(before, Tiny.checksums(reference));
      String score = "base_model.model.score.weight";
      assertFalse(head.get(score).equals(values.trainedWeights().get(score)));
      assertEquals(values.trainedWeights().get(score), values.weights().get("score.weight"));
    }
  }

  /** What is multiplied in bf16 is near; base and adapter are fp32 all the same. */
  @Test
  void anAdapterWorksInBf16() {
    Sequences rows = Tiny.sequences(1, 3);
    try (Network base = Tiny.network(1);
        Network exact = base.withAdapter(LORA, Head.LANGUAGE_MODEL, random(6));
        Network rough = Network.load(Tiny.CONFIG, base.weights(), new Device("cpu", Compute.BF16));
        Network network = rough.withAdapter(LORA, Head.LANGUAGE_MODEL, random(6));
        Optimizer optimizer = Optimizer.adamW(network, 0.01, 0.9, 0.98, 1e-8, 0);
        Scope scope = Scope.open()) {
      float[] expected = exact.logprobs(rows, 1).toFloats();
      float[] found = network.logprobs(rows, 1).toFloats();
      assertFalse(Arrays.equals(expected, found));
      assertArrayEquals(expected, found, 0.2f);
      assertArrayEquals(Tiny.checksums(exact), Tiny.checksums(network));
      float before = Tiny.step(network, optimizer, rows);
      for (int step = 0; step < 10; step++) {
        Tiny.step(network, optimizer, rows);
      }
      assertTrue(Tiny.step(network, optimizer, rows) < before - 0.1);
    }
  }

  /** Two steps, a file, one step; and three steps in a row. */
  @Test
  void trainingGoesOnFromAnAdaptersCheckpoint() {
    Sequences rows = Tiny.sequences(1, 3);
    Path file = folder.resolve("optimizer.safetensors");
    try (Network base = Tiny.network(1);
        Network network = base.withAdapter(LORA, Head.LANGUAGE_MODEL, 2);
        Optimizer optimizer = Optimizer.adamW(network, 0.01, 0.9, 0.98, 1e-8, 0.01)) {
      Tiny.step(network, optimizer, rows);
      Tiny.step(network, optimizer, rows);
      optimizer.save(file);
      Weights saved = network.trainedWeights();
      Tiny.step(network, optimizer, rows);
      try (Network again = base.withAdapter(LORA, Head.LANGUAGE_MODEL, saved);
          Optimizer other = Optimizer.adamW(again, 0.01, 0.9, 0.98, 1e-8, 0.01)) {
        other.load(file);
        Tiny.step(again, other, rows);
        assertArrayEquals(Tiny.checksums(network), Tiny.checksums(again));
      }
    }
  }

  @Test
  void adaptersGiveTheirMemoryBack() {
    long pointers = Pointer.totalCount();
    try (Network base = Tiny.network(1);
        Network network = base.withAdapter(LORA, Head.LANGUAGE_MODEL, 2);
        Network copy = network.copy();
        Network values = copy.withScoreHead(1);
        Network off = values.withoutAdapter();
        Optimizer optimizer = Optimizer.adamW(copy, 0.001, 0.9, 0.98, 1e-8, 0.01)) {
      Tiny.step(copy, optimizer, Tiny.sequences(1, 4));
      assertFalse(
          network
              .weights()
              .get("transformer.h.0.mlp.c_fc.weight")
              .equals(copy.weights().get("transformer.h.0.mlp.c_fc.weight")));
      assertEquals(Head.SCORE, off.config().head());
    }
    assertEquals(pointers, Pointer.totalCount());
  }

  private ModelFolder open(String name) {
    Path adapter = GoldenFamilies.unpack(name, folder);
    GoldenFamilies.unpack(name.split("_", -1)[1], adapter);
    return ModelFolder.open(adapter);
  }

  private static Network live(Network base, ModelFolder model) {
    var adapter = model.adapter();
    return base.withAdapter(adapter.lora(), model.config().head(), adapter.weights());
  }

  private static List<Case> cases(String name) {
    return GoldenFamilies.cases(name).stream().filter(each -> each.tokens().length > 1).toList();
  }

  private static Sequences rows(List<Case> cases) {
    return new Sequences(
        cases.stream().map(Case::tokens).toArray(int[][]::new),
        cases.stream().mapToInt(each -> 1).toArray());
  }

  private static Weights random(long seed) {
    var random = new SplittableRandom(seed);
    Weights weights = Weights.allocate(LORA.parameters(Tiny.CONFIG));
    for (TensorSpec spec : weights.specs()) {
      FloatBuffer numbers = weights.get(spec.name());
      while (numbers.hasRemaining()) {
        numbers.put((float) (0.3 * random.nextGaussian()));
      }
    }
    return weights;
  }

  private static double loss(Network network, Sequences rows, String name, int at, float moved) {
    Weights weights = network.trainedWeights();
    FloatBuffer numbers = weights.get(name);
    numbers.put(at, numbers.get(at) + moved);
    try (Network other = network.withAdapter(LORA, Head.LANGUAGE_MODEL, weights);
        Scope scope = Scope.open()) {
      float[] logprobs = other.logprobs(rows, 0.8).toFloats();
      return -IntStream.range(0, logprobs.length).mapToDouble(i -> logprobs[i]).average().orElse(0);
    }
  }

  private static int largest(float[] numbers) {
    return IntStream.range(0, numbers.length)
        .reduce(0, (most, i) -> Math.abs(numbers[i]) > Math.abs(numbers[most]) ? i : most);
  }

  private static Map<String, float[]> gradients(Network network) {
    var gradients = new LinkedHashMap<String, float[]>();
    network
        .parameters()
        .forEach(
            (name, x) -> gradients.put(name, Tensor.call(() -> x.pointer().grad()).toFloats()));
    return gradients;
  }

  private static Map<String, float[]> numbers(Weights weights) {
    var numbers = new LinkedHashMap<String, float[]>();
    for (TensorSpec spec : weights.specs()) {
      var array = new float[(int) spec.elements()];
      weights.get(spec.name()).get(array);
      numbers.put(spec.name(), array);
    }
    return numbers;
  }

  private static void assertNorms(Map<String, Double> expected, Map<String, float[]> found) {
    assertEquals(expected.keySet(), found.keySet());
    found.forEach(
        (name, numbers) -> {
          double norm =
              Math.sqrt(
                  IntStream.range(0, numbers.length)
                      .mapToDouble(i -> (double) numbers[i] * numbers[i])
                      .sum());
          assertEquals(expected.get(name), norm, 1e-3 * expected.get(name), name);
        });
  }

  private static void assertClose(double[] expected, float[] found, double tolerance) {
    assertEquals(expected.length, found.length);
    for (int i = 0; i < found.length; i++) {
      assertEquals(expected[i], found[i], tolerance, "at " + i);
    }
  }
}
