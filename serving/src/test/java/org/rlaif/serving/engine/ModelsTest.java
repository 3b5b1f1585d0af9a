package org.rlaif.serving.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlaif.kit.UserError;
import org.rlaif.model.DecoderConfig;
import org.rlaif.model.DecoderConfig.Head;
import org.rlaif.model.ModelFolder;
import org.rlaif.model.ScoreScale;
import org.rlaif.model.TensorSpec;
import org.rlaif.model.Weights;
import org.rlaif.model.onnx.Precision;
import org.rlaif.model.onnx.Quantization;
import org.rlaif.model.text.Tokenizer;
import org.rlaif.serving.graph.ComputeConfig;
import org.rlaif.serving.graph.KvCache;
import org.rlaif.serving.os.FreeMemory;
import org.rlaif.serving.queue.Refusal;
import org.rlaif.serving.queue.Refusal.Reason;
import org.rlaif.serving.sampling.Sampling;
import org.rlaif.serving.score.ScoringConfig;
import org.rlaif.serving.score.ScoringItem;
import org.rlaif.serving.update.TestUpdates;
import org.rlaif.serving.weights.MemoryNeed;

class ModelsTest {
  private static final DecoderConfig SCORE = TestModels.TINY.withHead(Head.SCORE);

  @TempDir Path folder;

  @Test
  void modelsComeAndGo() {
    Path policy = TestModels.save(folder.resolve("policy"), TestModels.TINY, 7);
    try (Models models = TestModels.models(2)) {
      ServedModel loaded = models.load("policy", policy);
      assertEquals(1, loaded.weightsVersion());
      assertEquals(2, models.policy("policy").slots());
      Refusal twice = assertThrows(Refusal.class, () -> models.load("policy", policy));
      assertEquals(Reason.ALREADY_EXISTS, twice.reason());
      models.unload("policy", Duration.ofSeconds(1));
      Refusal gone = assertThrows(Refusal.class, () -> models.policy("policy"));
      assertEquals(Reason.NOT_FOUND, gone.reason());
      assertEquals("model: policy (expected: one of [])", gone.getMessage());
      models.load("policy", policy);
      assertEquals(List.of("policy"), models.list().stream().map(ServedModel::name).toList());
      UserError kind = assertThrows(UserError.class, () -> models.reward("policy"));
      assertEquals("model: policy (expected: a reward model; it is a policy)", kind.getMessage());
      UserError name = assertThrows(UserError.class, () -> models.load("a/b", policy));
      assertEquals("name: a/b (expected: letters, digits, . _ and -)", name.getMessage());
    }
  }

  /** Refused while it loads, in every precision; its name stays free. */
  @Test
  void weightsThatAreNoNumbersAreRefused() {
    Path sound = TestModels.save(folder.resolve("sound"), TestModels.TINY, 7);
    Path spoiled = folder.resolve("spoiled");
    String name = "transformer.h.1.mlp.c_fc.weight";
    try (ModelFolder model = ModelFolder.open(sound)) {
      Weights copy = Weights.allocate(model.config().parameters());
      for (TensorSpec spec : model.weights().specs()) {
        model.weights().copyTo(spec.name(), copy.get(spec.name()));
      }
      copy.get(name).put(100, Float.NaN);
      model.saveSuccessor(spoiled, model.config(), model.scoreScale(), copy);
    }
    try (Models models = TestModels.models(1)) {
      for (Precision precision : List.of(Precision.FP32, Precision.INT8, Precision.INT4)) {
        UserError e =
            assertThrows(
                UserError.class, () -> models.load("policy", spoiled, precision, Precision.FP32));
        assertEquals(
            spoiled.resolve("model.safetensors") + ", " + name + ": NaN (expected: finite numbers)",
            e.getMessage());
      }
      models.load("policy", sound);
    }
  }

  /** 300 MB and more, were it kept; by Linux. */
  @Test
  void unloadedModelsGiveTheirMemoryBack() throws Exception {
    DecoderConfig config = DecoderConfig.gpt2(300, 64, 256, 2, 2, 1024);
    Path policy = TestModels.save(folder.resolve("policy"), config, 7);
    Path reward = TestModels.save(folder.resolve("reward"), config.withHead(Head.SCORE), 7);
    try (Models models = TestModels.models(2)) {
      comeAndGo(models, policy, reward); // what the process needs once
      long before = residentBytes();
      long direct = directBytes();
      for (int i = 0; i < 10; i++) {
        comeAndGo(models, policy, reward);
      }
      assertTrue(directBytes() - direct < 32 << 20, direct + " to " + directBytes());
      long grown = residentBytes() - before;
      assertTrue(grown < 60 << 20, grown + " bytes");
    }
  }

  /** Loaded, asked, given new weights or none, and unloaded. */
  private static void comeAndGo(Models models, Path policy, Path reward) {
    PolicyEngine engine = (PolicyEngine) models.load("policy", policy);
    models.load("reward", reward);
    engine.sample(List.of(new int[] {2, 3}), 1, Sampling.of(1, 4, 1), new Collector(1));
    TestUpdates.begin(engine.updates(), null); // open when the model goes
    models.unload("policy", Duration.ofSeconds(5));
    models.unload("reward", Duration.ofSeconds(5));
  }

  private static long directBytes() {
    return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
        .filter(pool -> pool.getName().equals("direct"))
        .mapToLong(BufferPoolMXBean::getMemoryUsed)
        .sum();
  }

  private static long residentBytes() throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
      String line = lines.filter(each -> each.startsWith("VmRSS:")).findFirst().orElseThrow();
      return Long.parseLong(line.replaceAll("[^0-9]", "")) << 10;
    }
  }

  /** A text that is on its way when its model goes is still decoded. */
  @Test
  void aTokenizerIsClosedWhenNobodyHasItAnyMore() {
    Path policy = TestModels.save(folder.resolve("policy"), TestModels.TINY, 7);
    try (Models models = TestModels.models(2)) {
      Tokenizer tokenizer = models.load("policy", policy).tokenizer();
      int[] ids = tokenizer.encode("the cat");
      models.unload("policy", Duration.ofSeconds(1));
      assertEquals("the cat", tokenizer.decode(ids));
    }
  }

  /** The stored mean and deviation: (raw - 3) / 2. */
  @Test
  void scoresAreScaled() {
    Path plain = TestModels.save(folder.resolve("plain"), SCORE, 7);
    Path scaled = TestModels.save(folder.resolve("scaled"), SCORE, new ScoreScale(3, 2), 7);
    List<ScoringItem> items =
        List.of(
            new ScoringItem(new int[] {2, 9}, new int[] {8, 1}),
            new ScoringItem(new int[] {2}, new int[] {5}));
    try (Models models = TestModels.models(1)) {
      models.load("plain", plain);
      models.load("scaled", scaled);
      float[] raw = models.reward("plain").score(items, () -> false).scores();
      float[] scores = models.reward("scaled").score(items, () -> false).scores();
      for (int i = 0; i < 2; i++) {
        assertEquals((raw[i] - 3) / 2, scores[i], 1e-6);
      }
      assertTrue(Math.abs(raw[0] - raw[1]) > 1e-3, "two different scores");
    }
  }

  /** A score does not depend on what is scored with it. */
  @Test
  void scoresAreTheSameBitsAlone() {
    Path saved = TestModels.save(folder.resolve("reward"), SCORE, 7);
    ScoringItem item =
        new ScoringItem(TestModels.prompt(SCORE, 20, 1), TestModels.prompt(SCORE, 30, 2));
    ScoringItem other =
        new ScoringItem(TestModels.prompt(SCORE, 50, 3), TestModels.prompt(SCORE, 9, 4));
    try (Models models = TestModels.models(1)) {
      models.load("reward", saved);
      RewardEngine engine = models.reward("reward");
      float alone = engine.score(List.of(item), () -> false).scores()[0];
      float together = engine.score(List.of(other, item, other), () -> false).scores()[1];
      assertEquals(Float.floatToIntBits(alone), Float.floatToIntBits(together));
    }
  }

  @Test
  void whatNobodyWaitsForIsNotComputed() {
    Path saved = TestModels.save(folder.resolve("reward"), SCORE, 7);
    List<ScoringItem> items = List.of(new ScoringItem(new int[] {2}, new int[] {5}));
    try (Models models = TestModels.models(1)) {
      models.load("reward", saved);
      Refusal refusal =
          assertThrows(Refusal.class, () -> models.reward("reward").score(items, () -> true));
      assertEquals(Reason.CANCELLED, refusal.reason());
    }
  }

  /**
   * One layer, 8 wide, MLP 16, vocabulary 300, context 64: 2 400 + 512 + 160 + 424 + 16 numbers.
   * All sequences fit into a run of 128 tokens, whose layers share one cache: 2 x 128 x 8 numbers.
   */
  @Test
  void memoryIsWorkedOutBeforehand() {
    var config = DecoderConfig.gpt2(300, 64, 8, 1, 1, 16).withHead(Head.SCORE);
    MemoryNeed need = MemoryEstimate.of(config, Quantization.NONE, 0, 128);
    long numbers =
        300 * 8
            + 64 * 8
            + (16 + 8 * 24 + 24 + 8 * 8 + 8)
            + (16 + 8 * 16 + 16 + 16 * 8 + 8)
            + 16
            + 8;
    assertEquals(4 * numbers, need.weights());
    assertEquals(4 * 2048, need.cache());
    assertEquals(64, MemoryEstimate.defaultSlots(config, Precision.FP32));
  }

  /** GPT-2: 2 x 12 layers x 1,024 tokens x 768 x 4 bytes = 72 MiB per slot, 14 to a GiB. */
  @Test
  void slotsFollowTheModelsSize() {
    var config = DecoderConfig.gpt2(50257, 1024, 768, 12, 12, 3072);
    assertEquals(72L << 20, KvCache.bytes(config, Precision.FP32, 1));
    assertEquals(14, MemoryEstimate.defaultSlots(config, Precision.FP32));
    assertEquals(18L << 20, KvCache.bytes(config, Precision.INT8, 1));
    assertEquals(56, MemoryEstimate.defaultSlots(config, Precision.INT8));
  }

  /**
   * GPT-2 in fp32: 124 439 808 numbers and as much for repacked matrices. With int4: 123 532 032 of
   * them in blocks of 32, of 20.5 bytes each, twice, and embeddings, norms and biases in fp32.
   */
  @Test
  void memoryFollowsThePrecision() {
    var config = DecoderConfig.gpt2(50257, 1024, 768, 12, 12, 3072);
    assertEquals(2 * 4 * 124_439_808L, Footprint.of(config, Quantization.NONE, 8).weights());
    var int4 = new Quantization(Precision.INT4, Precision.INT8);
    long blocks = 123_532_032L / 32 * 41; // of both, half bytes counted
    long plain = 4 * (124_439_808L - 84_934_656);
    long scales = 4L * 24 * 768; // of the KV cache
    assertEquals(plain + blocks + scales, Footprint.of(config, int4, 8).weights());
    assertEquals(9 * (18L << 20), Footprint.of(config, int4, 8).kvCache());
    long exact = MemoryEstimate.of(config, Quantization.NONE, 8, 128).total();
    assertTrue(MemoryEstimate.of(config, int4, 8, 128).total() < exact * 2 / 3);
  }

  @Test
  void whatCannotFitIsRefusedWithTheFigures() {
    var huge = DecoderConfig.gpt2(50257, 100_000, 8192, 100, 8, 32768);
    UserError error =
        assertThrows(
            UserError.class,
            () -> MemoryEstimate.of(huge, Quantization.NONE, 64, 128).check("huge"));
    assertTrue(
        error
            .getMessage()
            .matches(
                "model huge: \\d+ MiB \\(weights \\d+ MiB, KV cache \\d+ MiB, working memory \\d+"
                    + " MiB\\) \\(expected: at most \\d+ MiB, the free direct memory; .*\\)"),
        error.getMessage());
  }

  @Test
  void settingsAreChecked() {
    UserError device = assertThrows(UserError.class, () -> new ComputeConfig(0, "cuda:0"));
    assertEquals(
        "device: cuda:0 (expected: cpu; this build's ONNX Runtime knows no other)",
        device.getMessage());
    UserError tokens = assertThrows(UserError.class, () -> new ScoringConfig(100, Duration.ZERO));
    assertEquals("scoring-tokens: 100 (expected: from 128 to 65536)", tokens.getMessage());
    UserError slots =
        assertThrows(UserError.class, () -> new EngineConfig(-1, ComputeConfig.threads(0), 1));
    assertEquals(
        "slots: -1 (expected: >= 1, or 0: chosen by the model's size)", slots.getMessage());
  }

  /** The first stands still where it asks for its prompts; the second need not wait for it. */
  @Test
  void loadsDoNotWaitForEachOther() throws Exception {
    var asked = new CountDownLatch(1);
    var go = new CountDownLatch(1);
    Path saved = TestModels.save(folder.resolve("both"), TestModels.TINY, 7);
    try (Models models = TestModels.models(2)) {
      Calibration slow =
          loaded -> {
            asked.countDown();
            try {
              assertTrue(go.await(60, TimeUnit.SECONDS));
            } catch (InterruptedException e) {
              throw new AssertionError(e);
            }
            return List.of(new int[] {2, 40});
          };
      CompletableFuture<ServedModel> first =
          CompletableFuture.supplyAsync(
              () -> models.load("slow", saved, Precision.FP32, Precision.INT8, slow, null));
      try {
        assertTrue(asked.await(60, TimeUnit.SECONDS));
        assertEquals("quick", models.load("quick", saved).name());
        Refusal refusal = assertThrows(Refusal.class, () -> models.load("slow", saved));
        assertEquals(
            "name: slow, which is being loaded (expected: the name of no loaded model)",
            refusal.getMessage());
      } finally {
        go.countDown();
      }
      assertEquals("slow", first.get(60, TimeUnit.SECONDS).name());
      assertEquals(2, models.list().size());
    }
  }

  /** What one load is going to take is not free for another, until it is done. */
  @Test
  void loadsShareWhatIsFree() throws Exception {
    var memory = new LoadingMemory();
    long most = FreeMemory.left() / 3 * 2;
    var large = new MemoryNeed(most, 0, 0);
    var second = new CompletableFuture<Boolean>();
    var thread =
        new Thread(
            () -> {
              try (LoadingMemory.Share share = memory.share()) {
                share.take("second", large);
                second.complete(true);
              } catch (RuntimeException e) {
                second.completeExceptionally(e);
              }
            });
    try (LoadingMemory.Share share = memory.share()) {
      share.take("first", large);
      thread.start();
      try (LoadingMemory.Share small = memory.share()) {
        small.take("small", new MemoryNeed(1, 1, 1));
      }
      while (thread.getState() != Thread.State.WAITING) {
        assertFalse(second.isDone(), "there is no room for two");
        Thread.sleep(5);
      }
    }
    assertTrue(second.get(60, TimeUnit.SECONDS));
  }
}
