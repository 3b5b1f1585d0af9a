package org.rlaif.serving.update;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.rlaif.serving.update.TestUpdates.bytes;
import static org.rlaif.serving.update.TestUpdates.checksums;

import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlaif.kit.UserError;
import org.rlaif.model.DecoderConfig;
import org.rlaif.model.DecoderConfig.Head;
import org.rlaif.model.Lora;
import org.rlaif.model.ModelFolder;
import org.rlaif.model.ScoreScale;
import org.rlaif.model.TensorSpec;
import org.rlaif.model.Weights;
import org.rlaif.model.onnx.Precision;
import org.rlaif.serving.engine.Models;
import org.rlaif.serving.engine.PolicyEngine;
import org.rlaif.serving.engine.RewardEngine;
import org.rlaif.serving.engine.ServedModel;
import org.rlaif.serving.engine.TestModels;
import org.rlaif.serving.queue.Refusal;
import org.rlaif.serving.score.ScoringItem;

/** An update that brings an adapter serves what the merged weights would. */
class AdapterUpdateTest {
  private static final DecoderConfig CONFIG = TestModels.TINY;
  private static final Lora LORA = new Lora(3, 6, true, List.of(Lora.ALL));
  private static final int[] PROMPT = {2, 40, 41, 42};
  private static final int[] COMPLETION = {50, 51, 52, 53, 1};

  @TempDir Path folder;

  private final Models models = TestModels.models(8);
  private Path base;

  @BeforeEach
  void save() {
    base = TestModels.save(folder.resolve("base"), CONFIG, 7);
  }

  @AfterEach
  void close() {
    models.close();
  }

  /** Twice, so that both arenas hold one; the second does not stand on the first. */
  @Test
  void theBaseWithTheAdapterServes() {
    PolicyEngine engine = policy("policy", base);
    float[] before = logprobs(engine);
    for (long seed : new long[] {1, 2}) {
      Weights factors = factors(CONFIG, seed);
      float[] expected = logprobs(policy("twin-" + seed, merged(seed)));
      assertTrue(Math.abs(before[0] - expected[0]) > 0.01, "the adapter changes the model");
      UpdateOutcome outcome = publish(engine, factors, expected, 0);
      assertEquals(seed + 1, outcome.weightsVersion());
      assertEquals(0, outcome.parity().maxAbsDifference(), "the same bits");
      assertArrayEquals(expected, logprobs(engine));
    }
  }

  @Test
  void anAdapterIsSwappedForAnotherOverTheSameBase() {
    Path adapted = folder.resolve("adapted");
    try (ModelFolder model = ModelFolder.open(base)) {
      model.saveAdapter(adapted, CONFIG, ScoreScale.IDENTITY, LORA, factors(CONFIG, 1));
    }
    PolicyEngine engine = policy("adapted", adapted);
    assertArrayEquals(logprobs(policy("first", merged(1))), logprobs(engine));
    float[] expected = logprobs(policy("second", merged(2)));
    assertEquals(0, publish(engine, factors(CONFIG, 2), expected, 0).parity().maxAbsDifference());
    assertArrayEquals(expected, logprobs(engine));
  }

  /** What is judged is fp32; what serves is what the merged model serves in 8 bits. */
  @Test
  void aQuantisedPolicyTakesAdapters() {
    Path whole = merged(1);
    float[] exact = logprobs(policy("exact", whole));
    var twin = (PolicyEngine) models.load("twin", whole, Precision.INT8, Precision.FP32);
    var engine = (PolicyEngine) models.load("policy", base, Precision.INT8, Precision.FP32);
    UpdateOutcome outcome = publish(engine, factors(CONFIG, 1), exact, 1e-5f);
    assertTrue(outcome.loss() != null && outcome.loss().kl() != 0);
    assertArrayEquals(logprobs(twin), logprobs(engine));
  }

  @Test
  void aRewardModelTakesAnAdapterAndItsHead() {
    DecoderConfig config = CONFIG.withHead(Head.SCORE);
    var scale = new ScoreScale(0.5, 2);
    var engine =
        (RewardEngine)
            models.load("reward", TestModels.save(folder.resolve("r"), config, scale, 7));
    Weights factors = factors(config, 1);
    Path twin = folder.resolve("reward-twin");
    try (ModelFolder model = ModelFolder.open(folder.resolve("r"))) {
      Weights weights = LORA.over(model.weights(), config, factors);
      ModelFolder.save(twin, config, scale, model.tokenizerJson(), weights);
    }
    var item = List.of(new ScoringItem(PROMPT, COMPLETION));
    models.load("reward-twin", twin);
    float expected = models.reward("reward-twin").score(item, () -> false).scores()[0];
    String id = pushed(engine, factors);
    var probe = TestUpdates.probe(PROMPT, COMPLETION, expected);
    assertEquals(
        0,
        engine
            .updates()
            .commit(id, checksums(factors), List.of(probe), 0)
            .parity()
            .maxAbsDifference());
    assertEquals(expected, engine.score(item, () -> false).scores()[0]);
  }

  @Test
  void aFactorMustNotBeMissing() {
    PolicyEngine engine = policy("policy", base);
    float[] before = logprobs(engine);
    Weights factors = factors(CONFIG, 1);
    String last = factors.specs().get(factors.specs().size() - 1).name();
    String id = TestUpdates.begin(engine.updates(), LORA);
    for (TensorSpec spec : factors.specs()) {
      if (!spec.name().equals(last)) {
        engine.updates().push(id, spec.name(), 0, bytes(factors, spec.name()));
      }
    }
    Refusal refusal =
        assertThrows(Refusal.class, () -> commit(engine, id, factors, before, Float.MAX_VALUE));
    assertEquals(
        last + ": 0 bytes arrived (expected: 384); the old weights stay", refusal.getMessage());
    assertArrayEquals(before, logprobs(engine));
  }

  @Test
  void adaptersAreChecked() {
    PolicyEngine engine = policy("policy", base);
    var other = new Lora(3, 6, false, List.of("q_proj"));
    assertEquals(
        "adapter target: q_proj (expected: all-linear, or names such as [c_attn, c_fc, c_proj])",
        assertThrows(UserError.class, () -> TestUpdates.begin(engine.updates(), other))
            .getMessage());
    String id = TestUpdates.begin(engine.updates(), LORA);
    ByteBuffer four = ByteBuffer.allocate(4);
    assertEquals(
        "name: transformer.wte.weight (expected: a tensor of this model, such as"
            + " base_model.model.transformer.h.0.attn.c_attn.lora_A.weight)",
        assertThrows(
                UserError.class, () -> engine.updates().push(id, "transformer.wte.weight", 0, four))
            .getMessage());
    engine.updates().rollBack(id);
  }

  private PolicyEngine policy(String name, Path path) {
    models.load(name, path);
    return models.policy(name);
  }

  /** A model folder with the base's weights and the adapter's in one. */
  private Path merged(long seed) {
    Path twin = folder.resolve("merged-" + seed);
    try (ModelFolder model = ModelFolder.open(base)) {
      Weights weights = LORA.over(model.weights(), CONFIG, factors(CONFIG, seed));
      ModelFolder.save(twin, CONFIG, ScoreScale.IDENTITY, model.tokenizerJson(), weights);
    }
    return twin;
  }

  private static UpdateOutcome publish(
      PolicyEngine engine, Weights factors, float[] expected, float threshold) {
    return commit(engine, pushed(engine, factors), factors, expected, threshold);
  }

  private static UpdateOutcome commit(
      PolicyEngine engine, String id, Weights factors, float[] expected, float threshold) {
    var probe = TestUpdates.probe(PROMPT, COMPLETION, expected);
    return engine.updates().commit(id, checksums(factors), List.of(probe), threshold);
  }

  private static String pushed(ServedModel engine, Weights factors) {
    return TestUpdates.push(engine.updates(), TestUpdates.begin(engine.updates(), LORA), factors);
  }

  private static float[] logprobs(PolicyEngine engine) {
    return engine.logprobs(PROMPT, List.of(COMPLETION), 1, () -> false).rows()[0];
  }

  private static Weights factors(DecoderConfig config, long seed) {
    var random = new SplittableRandom(seed);
    Weights weights = Weights.allocate(LORA.parameters(config));
    for (TensorSpec spec : weights.specs()) {
      FloatBuffer numbers = weights.get(spec.name());
      while (numbers.hasRemaining()) {
        numbers.put((float) (0.2 * random.nextGaussian()));
      }
    }
    return weights;
  }
}
