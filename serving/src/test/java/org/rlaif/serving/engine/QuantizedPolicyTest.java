package org.rlaif.serving.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlaif.kit.UserError;
import org.rlaif.model.DecoderConfig;
import org.rlaif.model.DecoderConfig.Head;
import org.rlaif.model.Precision;
import org.rlaif.model.Quantization;
import org.rlaif.model.TensorSpec;
import org.rlaif.model.Weights;
import org.rlaif.serving.engine.EngineConfig.Compute;
import org.rlaif.serving.engine.WeightUpdates.Outcome;

/** Policies that serve quantised: what they lose is known, and their weights change as others'. */
class QuantizedPolicyTest {
  private static final DecoderConfig CONFIG = TestModels.TINY;
  private static final int[] PROMPT = {2, 40, 41, 42};
  private static final int[] COMPLETION = {50, 51, 52, 53, 1};
  private static final float THRESHOLD = 1e-4f;

  @TempDir Path folder;

  private final Weights old = TestModels.weights(CONFIG, 7);
  private final Weights next = TestModels.weights(CONFIG, 8);
  private final Models models = TestModels.models(8);
  private Path policy;
  private Path twin;

  @BeforeEach
  void save() {
    policy = TestModels.save(folder.resolve("policy"), CONFIG, 7);
    twin = TestModels.save(folder.resolve("twin"), CONFIG, 8);
  }

  @AfterEach
  void close() {
    models.close();
  }

  /** KL((1/2, 1/2) || (1/4, 3/4)) = ln(4/3) / 2; the first token's probability is halved. */
  @Test
  void lossByHand() {
    var sum = new QuantizationLoss.Sum();
    float[] half = {(float) Math.log(0.5), (float) Math.log(0.5)};
    sum.add(half, new float[] {(float) Math.log(0.25), (float) Math.log(0.75)}, 0);
    sum.add(half, half, 1);
    QuantizationLoss loss = sum.mean();
    assertEquals(Math.log(4.0 / 3) / 4, loss.kl(), 1e-7);
    assertEquals(Math.log(2) / 2, loss.meanAbsDifference(), 1e-7);
    assertEquals(Math.log(2), loss.maxAbsDifference(), 1e-7);
    assertEquals(2, loss.tokens());
  }

  @Test
  void theLossIsMeasuredWhenAModelIsLoaded() {
    assertNull(load("exact", policy, Precision.FP32, Precision.FP32).quantizationLoss());
    QuantizationLoss cache = loss("cache", Precision.FP32, Precision.INT8);
    QuantizationLoss eight = loss("eight", Precision.INT8, Precision.FP32);
    QuantizationLoss four = loss("four", Precision.INT4, Precision.INT8);
    for (QuantizationLoss loss : List.of(cache, eight, four)) {
      assertEquals(8 * 63, loss.tokens());
      assertTrue(loss.kl() > 0 && loss.meanAbsDifference() > 0, loss.toString());
      assertTrue(loss.maxAbsDifference() >= loss.meanAbsDifference(), loss.toString());
    }
    assertTrue(cache.kl() < 1e-3, cache.toString());
    assertTrue(eight.kl() < 1e-3, eight.toString());
    assertTrue(four.kl() > 3 * eight.kl() && four.kl() < 0.1, eight + ", then " + four);
  }

  private QuantizationLoss loss(String name, Precision weights, Precision kvCache) {
    QuantizationLoss loss = load(name, policy, weights, kvCache).quantizationLoss();
    assertNotNull(loss);
    return loss;
  }

  /** After an update a model serves what it would have served from the beginning. */
  @Test
  void updatesAreQuantisedToo() {
    float[] exact = logprobs(load("exact", twin, Precision.FP32, Precision.FP32));
    float[] wanted = logprobs(load("twin", twin, Precision.INT8, Precision.FP32));
    PolicyEngine engine = load("policy", policy, Precision.INT8, Precision.FP32);
    float[] before = logprobs(engine);
    float[] exactBefore = logprobs(load("other", policy, Precision.FP32, Precision.FP32));
    for (int version = 2; version < 7; version++) {
      boolean even = version % 2 == 0;
      Outcome outcome = commit(engine, even ? next : old, even ? exact : exactBefore);
      assertEquals(version, outcome.weightsVersion());
      assertTrue(outcome.maxAbsDifference() < 1e-5, "in fp32: " + outcome);
      assertArrayEquals(even ? wanted : before, logprobs(engine));
      assertEquals(outcome.loss(), engine.quantizationLoss());
    }
  }

  /** A fault that is smaller than what quantising loses is seen all the same. */
  @Test
  void damageDoesNotHideBehindTheLoss() {
    float[] expected = logprobs(load("exact", twin, Precision.FP32, Precision.FP32));
    PolicyEngine engine = load("policy", policy, Precision.INT4, Precision.INT8);
    QuantizationLoss loss = engine.quantizationLoss();
    assertNotNull(loss);
    float[] before = logprobs(engine);
    Weights damaged = TestModels.weights(CONFIG, 8);
    FloatBuffer matrix = damaged.get("transformer.h.1.mlp.c_fc.weight");
    for (int i = 0; i < matrix.limit(); i++) {
      matrix.put(i, matrix.get(i) * 1.003f);
    }
    Refusal refusal = assertThrows(Refusal.class, () -> commit(engine, damaged, expected));
    String message = refusal.getMessage();
    assertTrue(message.startsWith("max_abs_logprob_difference: 0.0"), message);
    float found = Float.parseFloat(message.split(" ", -1)[1]);
    assertTrue(found > THRESHOLD && found < loss.meanAbsDifference(), message + " " + loss);
    assertArrayEquals(before, logprobs(engine));
    assertEquals(1, engine.weightsVersion());
    assertEquals(2, commit(engine, next, expected).weightsVersion());
  }

  /** The listener holds the decode loop at token 10 until new weights are in. */
  @Test
  void anUpdateWhileTokensAreSampled() {
    float[] expected = logprobs(load("exact", twin, Precision.FP32, Precision.FP32));
    PolicyEngine engine = load("policy", policy, Precision.INT8, Precision.INT8);
    var update = new CompletableFuture<Outcome>();
    var collector =
        new Collector(6) {
          @Override
          public void onToken(SequenceId id, int token, float logprob) {
            super.onToken(id, token, logprob);
            if (id.sample() == 0 && told(id).size() == 10) {
              update.complete(commit(engine, next, expected));
            }
          }
        };
    engine.sample(List.of(PROMPT), 6, Sampling.of(1, 30, 1), collector);
    int crossed = 0;
    for (Completion completion : collector.completions().values()) {
      crossed += completion.weights().size() == 2 ? 1 : 0;
    }
    assertTrue(crossed > 0, "seed 1 gives long completions");
    assertEquals(2, update.join().weightsVersion());
  }

  /** Keys and values that stay cached mean the same under new weights. */
  @Test
  void theScalesOfTheCacheStay() {
    OnnxRuntime runtime = OnnxRuntime.shared(Compute.threads(2));
    var quantization = new Quantization(Precision.FP32, Precision.INT8);
    var layout = new WeightLayout(CONFIG, quantization);
    QuantizationCheck.start(runtime, layout, TestModels.vocabulary(CONFIG), old::get).close();
    for (TensorSpec spec : quantization.cacheScales(CONFIG)) {
      FloatBuffer first = layout.arena().floats(spec.name());
      assertEquals(first, layout.arena().floats(spec.name()));
      while (first.hasRemaining()) {
        assertTrue(first.get() > 0, spec.name());
      }
    }
  }

  @Test
  void aRewardModelServesInFp32() {
    Path reward = TestModels.save(folder.resolve("reward"), CONFIG.withHead(Head.SCORE), 7);
    UserError error =
        assertThrows(
            UserError.class, () -> models.load("reward", reward, Precision.INT8, Precision.FP32));
    assertEquals("weights: int8 (expected: fp32 for a reward model)", error.getMessage());
    models.load("reward", reward, Precision.FP32, null);
    assertNull(models.find("reward").quantizationLoss());
  }

  private PolicyEngine load(String name, Path saved, Precision weights, Precision kvCache) {
    models.load(name, saved, weights, kvCache);
    return models.policy(name);
  }

  private static float[] logprobs(PolicyEngine engine) {
    return engine.logprobs(PROMPT, List.of(COMPLETION), 1, () -> false).rows()[0];
  }

  private static Outcome commit(PolicyEngine engine, Weights weights, float[] expected) {
    String id = engine.updates().begin();
    Map<String, Integer> checksums = new HashMap<>();
    for (TensorSpec spec : CONFIG.parameters()) {
      engine.updates().push(id, spec.name(), 0, bytes(weights, spec.name()));
      checksums.put(spec.name(), weights.crc32c(spec.name()));
    }
    List<Probe> probes = List.of(new Probe(PROMPT, COMPLETION, expected, null));
    return engine.updates().commit(id, checksums, probes, THRESHOLD);
  }

  private static ByteBuffer bytes(Weights weights, String name) {
    FloatBuffer numbers = weights.get(name);
    ByteBuffer bytes =
        ByteBuffer.allocate(numbers.remaining() * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(numbers);
    return bytes;
  }
}
