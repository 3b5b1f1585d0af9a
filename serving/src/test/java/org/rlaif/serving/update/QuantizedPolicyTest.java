package org.rlaif.serving.update;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.rlaif.serving.update.TestUpdates.checksums;

import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlaif.kit.UserError;
import org.rlaif.model.DecoderConfig;
import org.rlaif.model.DecoderConfig.Head;
import org.rlaif.model.ModelFolder;
import org.rlaif.model.ScoreScale;
import org.rlaif.model.Weights;
import org.rlaif.model.onnx.Precision;
import org.rlaif.model.onnx.Quantization;
import org.rlaif.serving.decode.ForwardPass;
import org.rlaif.serving.decode.Prefill;
import org.rlaif.serving.engine.Calibration;
import org.rlaif.serving.engine.Collector;
import org.rlaif.serving.engine.Models;
import org.rlaif.serving.engine.PolicyEngine;
import org.rlaif.serving.engine.TestModels;
import org.rlaif.serving.graph.CacheScales;
import org.rlaif.serving.graph.ComputeConfig;
import org.rlaif.serving.graph.DecoderSession;
import org.rlaif.serving.graph.GraphSpec;
import org.rlaif.serving.graph.KvCache;
import org.rlaif.serving.graph.OnnxRuntime;
import org.rlaif.serving.queue.Completion;
import org.rlaif.serving.queue.Refusal;
import org.rlaif.serving.sampling.Sampling;
import org.rlaif.serving.sampling.SequenceId;
import org.rlaif.serving.sampling.TokenDetails;

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
    QuantizationLoss loss = sum.mean(1);
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
      UpdateOutcome outcome = commit(engine, even ? next : old, even ? exact : exactBefore);
      assertEquals(version, outcome.weightsVersion());
      assertTrue(outcome.parity().maxAbsDifference() < 1e-5, "in fp32: " + outcome);
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
    var update = new CompletableFuture<UpdateOutcome>();
    var collector =
        new Collector(6) {
          @Override
          public void onToken(
              SequenceId id, int token, float logprob, @Nullable TokenDetails details) {
            super.onToken(id, token, logprob, details);
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

  /** Keys that are within the scales leave them alone; a larger one widens its own only. */
  @Test
  void scalesWidenWhereNumbersWouldBeClamped() {
    OnnxRuntime runtime = OnnxRuntime.shared(ComputeConfig.threads(2));
    var quantization = new Quantization(Precision.FP32, Precision.INT8);
    try (var cache = new KvCache(new GraphSpec(runtime, CONFIG, Precision.FP32), 2, 8);
        var session = DecoderSession.reference(runtime, CONFIG, old::get);
        var pass = new ForwardPass(new GraphSpec(runtime, CONFIG, Precision.FP32), 0, 8, 1)) {
      new Prefill(PROMPT, 1).run(session, pass, cache, 1);
      var ranges = new CacheScales.Ranges(quantization, CONFIG);
      ranges.add(cache, 1, PROMPT.length);
      CacheScales scales = CacheScales.of(ranges);
      assertSame(scales, scales.widened(ranges));
      var unseen = new float[CONFIG.attention().keyWidth()];
      cache.largest(0, 0, PROMPT.length, unseen);
      assertArrayEquals(new float[unseen.length], unseen, "nothing is in slot 0");

      // Twice what was seen of the key of the first column is kept, 2.5 times is not.
      float seen = scales.side(0)[0] * 127 / 2;
      assertSame(scales, scales.widened(ranges(quantization, 1.99f * seen)));
      CacheScales wider = scales.widened(ranges(quantization, 2.5f * seen));
      assertEquals(2 * 2.5f * seen / 127, wider.side(0)[0], 1e-6f);
      assertEquals(scales.side(0)[1], wider.side(0)[1]);
      assertArrayEquals(scales.side(1), wider.side(1));
    }
  }

  private static CacheScales.Ranges ranges(Quantization quantization, float firstKey) {
    OnnxRuntime runtime = OnnxRuntime.shared(ComputeConfig.threads(2));
    var ranges = new CacheScales.Ranges(quantization, CONFIG);
    try (var cache = new KvCache(new GraphSpec(runtime, CONFIG, Precision.FP32), 1, 1)) {
      ByteBuffer key = cache.side(0);
      key.asFloatBuffer().put(0, -firstKey);
      ranges.add(cache, 0, 1);
    }
    return ranges;
  }

  /** 100 steps of 0.5 are 25 of 2; what cannot be kept is clamped; other slots stay. */
  @Test
  void whatIsCachedGoesOnWithOtherScales() {
    OnnxRuntime runtime = OnnxRuntime.shared(ComputeConfig.threads(2));
    var quantization = new Quantization(Precision.FP32, Precision.INT8);
    CacheScales half = CacheScales.of(ranges(quantization, 0.5f * 127 / 2));
    CacheScales two = CacheScales.of(ranges(quantization, 127));
    try (var cache = new KvCache(new GraphSpec(runtime, CONFIG, Precision.INT8), 2, 2)) {
      ByteBuffer keys = cache.side(0);
      int second = keys.capacity() / 2;
      keys.put(second, (byte) 100).put(second + 16, (byte) -7).put(0, (byte) 100);
      cache.rescale(1, 2, half.over(two));
      assertEquals(25, keys.get(second), "the first token's");
      assertEquals(-2, keys.get(second + 16), "the second one's: -1.75");
      assertEquals(100, keys.get(0));
      cache.rescale(1, 1, two.over(half));
      assertEquals(100, keys.get(second));
      cache.rescale(1, 1, two.over(half));
      assertEquals(127, keys.get(second));
    }
  }

  /** Prompts that the network reads otherwise than what it writes itself. */
  @Test
  void theLossIsMeasuredOnPrompts() {
    Calibration prompts =
        loaded -> List.of(PROMPT, new int[] {9, 9, 9, 9, 9, 9, 9, 9}, new int[] {70});
    models.load("policy", policy, Precision.FP32, Precision.INT8, prompts, null);
    QuantizationLoss loss = models.policy("policy").quantizationLoss();
    assertNotNull(loss);
    assertEquals(3, loss.prompts());
    assertTrue(loss.tokens() > 3 && loss.tokens() <= 3 * 56, loss.toString());
    assertTrue(loss.toString().endsWith("tokens after 3 prompts"), loss.toString());
    QuantizationLoss without = loss("without", Precision.FP32, Precision.INT8);
    assertEquals(0, without.prompts());
    assertTrue(without.toString().contains("without a prompt (--calibration"), "" + without);
  }

  /**
   * The key of a token that calibration never saw is forty times as large as others: what is told
   * of later weights is of what was served, and the scales have room for it then.
   */
  @Test
  void whatWasServedCalibratesTheNextWeights() {
    int rare = 299;
    Weights odd = TestModels.weights(CONFIG, 7);
    FloatBuffer positions = odd.get("transformer.wpe.weight");
    FloatBuffer embedding = odd.get("transformer.wte.weight");
    FloatBuffer attention = odd.get("transformer.h.0.attn.c_attn.weight");
    FloatBuffer gain = odd.get("transformer.h.0.ln_1.weight");
    for (int row = 0; row < 300; row++) {
      embedding.put(row * 32, row == rare ? 3 : 0);
    }
    for (int t = 0; t < 64; t++) {
      positions.put(t * 32, 0);
    }
    gain.put(0, 8);
    for (int column = 32; column < 96; column++) { // keys and values of all heads
      attention.put(column, 1);
    }
    Path saved = folder.resolve("odd");
    ModelFolder.save(saved, CONFIG, ScoreScale.IDENTITY, policy.resolve("tokenizer.json"), odd);
    Calibration common = loaded -> List.of(PROMPT, new int[] {60, 61, 62, 63});
    models.load("odd", saved, Precision.FP32, Precision.INT8, common, null);
    models.load("exact", saved, Precision.FP32, Precision.FP32);
    PolicyEngine engine = models.policy("odd");
    float[] expected = logprobs(models.policy("exact"));

    var collector = new Collector(4);
    List<int[]> served =
        List.of(
            new int[] {rare, 40, rare, 41},
            new int[] {50, rare, 52},
            new int[] {rare},
            new int[] {2, 44, rare, 46, 47});
    engine.sample(served, 1, Sampling.of(1, 20, 1), collector);
    collector.completions();
    double clamped = distance(engine, models.policy("exact"), served.get(0));
    QuantizationLoss before = engine.quantizationLoss();
    QuantizationLoss after = commit(engine, odd, expected).loss();
    double widened = distance(engine, models.policy("exact"), served.get(0));
    assertNotNull(before);
    assertNotNull(after);
    assertEquals(2, before.prompts());
    assertEquals(4, after.prompts());
    assertTrue(clamped > 2 * widened, clamped + ", then " + widened + ": " + before + ", " + after);
    assertTrue(after.meanAbsDifference() < 3 * widened, widened + ", told: " + after);
  }

  /** How far log-probabilities of what follows a prompt are from each other, on average. */
  private static double distance(PolicyEngine one, PolicyEngine other, int[] prompt) {
    float[] found = one.logprobs(prompt, List.of(COMPLETION), 1, () -> false).rows()[0];
    float[] exact = other.logprobs(prompt, List.of(COMPLETION), 1, () -> false).rows()[0];
    double sum = 0;
    for (int t = 0; t < exact.length; t++) {
      sum += Math.abs(found[t] - exact[t]);
    }
    return sum / exact.length;
  }

  @Test
  void aRewardModelServesInFp32() {
    Path reward = TestModels.save(folder.resolve("reward"), CONFIG.withHead(Head.SCORE), 7);
    UserError error =
        assertThrows(
            UserError.class, () -> models.load("reward", reward, Precision.INT8, Precision.FP32));
    assertEquals("weights: int8 (expected: fp32 for a reward model)", error.getMessage());
    models.load("reward", reward, Precision.FP32, null);
    assertTrue(models.find("reward").quantization().isNone());
  }

  private PolicyEngine load(String name, Path saved, Precision weights, Precision kvCache) {
    models.load(name, saved, weights, kvCache);
    return models.policy(name);
  }

  private static float[] logprobs(PolicyEngine engine) {
    return engine.logprobs(PROMPT, List.of(COMPLETION), 1, () -> false).rows()[0];
  }

  private static UpdateOutcome commit(PolicyEngine engine, Weights weights, float[] expected) {
    String id =
        TestUpdates.push(engine.updates(), TestUpdates.begin(engine.updates(), null), weights);
    List<Probe> probes = List.of(TestUpdates.probe(PROMPT, COMPLETION, expected));
    return engine.updates().commit(id, checksums(weights), probes, THRESHOLD);
  }
}
