package org.rlaif.serving.update;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.rlaif.serving.update.TestUpdates.bytes;
import static org.rlaif.serving.update.TestUpdates.checksums;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlaif.kit.UserError;
import org.rlaif.model.DecoderConfig;
import org.rlaif.model.TensorSpec;
import org.rlaif.model.Weights;
import org.rlaif.serving.engine.Collector;
import org.rlaif.serving.engine.Models;
import org.rlaif.serving.engine.MovingClock;
import org.rlaif.serving.engine.PolicyEngine;
import org.rlaif.serving.engine.TestModels;
import org.rlaif.serving.queue.Completion;
import org.rlaif.serving.queue.Refusal;
import org.rlaif.serving.queue.Refusal.Reason;
import org.rlaif.serving.sampling.Sampling;
import org.rlaif.serving.sampling.SequenceId;
import org.rlaif.serving.sampling.TokenDetails;

/** Weights change hands whole and checked, or not at all. */
class WeightUpdatesTest {
  private static final DecoderConfig CONFIG = TestModels.TINY;
  private static final int[] PROMPT = {2, 40, 41, 42};
  private static final int[] COMPLETION = {50, 51, 52, 53, 1};
  private static final String LAST = "transformer.ln_f.bias";

  @TempDir Path folder;

  private final Weights next = TestModels.weights(CONFIG, 8);
  private final MovingClock clock = new MovingClock();
  private Models models;
  private PolicyEngine engine;
  private float[] before;
  private float[] expected;

  @BeforeEach
  void load() {
    models = TestModels.models(8, clock);
    models.load("policy", TestModels.save(folder.resolve("policy"), CONFIG, 7));
    models.load("twin", TestModels.save(folder.resolve("twin"), CONFIG, 8));
    engine = models.policy("policy");
    before = logprobs(engine);
    expected = logprobs(models.policy("twin"));
    assertTrue(Math.abs(before[0] - expected[0]) > 0.01, "the two models differ");
  }

  @AfterEach
  void close() {
    models.close();
  }

  @Test
  void newWeightsServeAfterTheirChecks() {
    String id = pushed(next);
    assertArrayEquals(before, logprobs(engine), "not before the commit");
    UpdateOutcome outcome = commit(id, checksums(next), expected, 0);
    assertEquals(2, outcome.weightsVersion());
    assertEquals(0, outcome.parity().maxAbsDifference(), "the twin has the same bits");
    assertEquals(2, engine.weightsVersion());
    assertArrayEquals(expected, logprobs(engine));
  }

  /** Both arenas are used in turn; every update is one version. */
  @Test
  void manyUpdates() {
    Weights old = TestModels.weights(CONFIG, 7);
    for (int version = 2; version <= 9; version++) {
      boolean even = version % 2 == 0;
      Weights weights = even ? next : old;
      float[] wanted = even ? expected : before;
      assertEquals(
          version, commit(pushed(weights), checksums(weights), wanted, 0).weightsVersion());
      assertArrayEquals(wanted, logprobs(engine));
    }
  }

  @Test
  void piecesComeInAnyOrder() {
    String id = TestUpdates.begin(engine.updates(), null);
    for (TensorSpec spec : CONFIG.parameters()) {
      ByteBuffer bytes = bytes(next, spec.name());
      int half = bytes.remaining() / 8 * 4;
      engine.updates().push(id, spec.name(), half, bytes.slice(half, bytes.remaining() - half));
      engine.updates().push(id, spec.name(), 0, bytes.slice(0, half));
    }
    assertEquals(2, commit(id, checksums(next), expected, 0).weightsVersion());
  }

  @Test
  void aDamagedTensorIsRefused() {
    Map<String, Integer> sums = checksums(next);
    sums.compute(LAST, (name, sum) -> sum + 1);
    refused("transformer.ln_f.bias: CRC-32C ", pushed(next), sums, expected, 0);
  }

  @Test
  void aMissingTensorIsRefused() {
    String id = TestUpdates.begin(engine.updates(), null);
    for (TensorSpec spec : CONFIG.parameters()) {
      if (!spec.name().equals(LAST)) {
        engine.updates().push(id, spec.name(), 0, bytes(next, spec.name()));
      }
    }
    engine.updates().push(id, LAST, 4, bytes(next, LAST).slice(4, 8));
    refused(
        "transformer.ln_f.bias: 8 bytes arrived (expected: 128); the old weights stay",
        id,
        checksums(next),
        expected,
        0);
  }

  @Test
  void aMissingChecksumIsRefused() {
    Map<String, Integer> sums = checksums(next);
    sums.remove(LAST);
    refused("transformer.ln_f.bias: no checksum", pushed(next), sums, expected, 0);
  }

  @Test
  void numbersMustBeFinite() {
    Weights broken = TestModels.weights(CONFIG, 8);
    broken.get(LAST).put(3, Float.NaN);
    refused(
        "transformer.ln_f.bias: NaN at 3 (expected: finite numbers); the old weights stay",
        pushed(broken),
        checksums(broken),
        expected,
        0);
  }

  @Test
  void aProbeAboveTheThresholdIsRefused() {
    float[] off = expected.clone();
    off[2] += 0.25f;
    refused("max_abs_logprob_difference: 0.25", pushed(next), checksums(next), off, 0.2f);
    off[2] = Float.NaN;
    refused("max_abs_logprob_difference: NaN", pushed(next), checksums(next), off, 0.2f);
    off[2] = expected[2] + 0.01f;
    Parity parity = commit(pushed(next), checksums(next), off, 0.02f).parity();
    assertEquals(0.01f, parity.maxAbsDifference(), 1e-6);
    assertEquals(0.01f / Math.sqrt(5), parity.newDifference(), 1e-6);
  }

  @Test
  void probesAreChecked() {
    sentence(
        "probes: 0 (expected: at least one; they are what the new weights are judged by)",
        () -> engine.updates().commit(pushed(next), checksums(next), List.of(), 0));
    sentence(
        "probes[0].logprobs: 1 numbers (expected: 5, one for each token of the completion)",
        () -> commit(pushed(next), checksums(next), new float[1], 0));
    sentence(
        "max_abs_logprob_difference: NaN (expected: a finite number >= 0)",
        () -> commit(pushed(next), checksums(next), expected, Float.NaN));
    assertArrayEquals(before, logprobs(engine));
  }

  @Test
  void pushesAreChecked() {
    String id = TestUpdates.begin(engine.updates(), null);
    ByteBuffer eight = ByteBuffer.allocate(8);
    sentence(
        "name: wte (expected: a tensor of this model, such as transformer.wte.weight)",
        () -> engine.updates().push(id, "wte", 0, eight));
    sentence(
        "offset: -4 (expected: from 0 to 128, the bytes of transformer.ln_f.bias [32])",
        () -> engine.updates().push(id, LAST, -4, eight));
    sentence(
        "data: 8 bytes at offset 124 (expected: at most 4, for transformer.ln_f.bias [32])",
        () -> engine.updates().push(id, LAST, 124, eight));
    engine.updates().push(id, LAST, 8, eight);
    sentence(
        "offset: 4 (expected: bytes of transformer.ln_f.bias that were not pushed before)",
        () -> engine.updates().push(id, LAST, 4, ByteBuffer.allocate(8)));
    assertEquals(
        Reason.NOT_FOUND,
        assertThrows(Refusal.class, () -> engine.updates().push("policy/0", LAST, 0, eight))
            .reason());
  }

  @Test
  void rollBackLeavesTheOldWeights() {
    String id = pushed(next);
    engine.updates().rollBack(id);
    assertArrayEquals(before, logprobs(engine));
    assertEquals(1, engine.weightsVersion());
    assertThrows(Refusal.class, () -> commit(id, checksums(next), expected, 0));
    assertEquals(2, commit(pushed(next), checksums(next), expected, 0).weightsVersion());
  }

  @Test
  void oneUpdateAtATimeUntilItIsAbandoned() {
    String first = TestUpdates.begin(engine.updates(), null);
    clock.pass(Duration.ofMinutes(9));
    Refusal refusal = assertThrows(Refusal.class, () -> TestUpdates.begin(engine.updates(), null));
    assertEquals(Reason.PRECONDITION, refusal.reason());
    assertEquals(
        "model: policy (expected: one without an open weight update; this process began "
            + first
            + " at 2025-01-01T00:00:00Z, was last heard of 540 s ago, and has it until"
            + " 2025-01-01T00:10:00Z unless it goes on, its connection ends, or RollbackUpdate ends"
            + " it by that id)",
        refusal.getMessage());
    clock.pass(Duration.ofMinutes(1));
    TestUpdates.begin(engine.updates(), null);
    assertEquals(
        "update_id: "
            + first
            + " (expected: an open weight update; this one was not heard of for 10 minutes at"
            + " 2025-01-01T00:10:00Z)",
        assertThrows(Refusal.class, () -> engine.updates().rollBack(first)).getMessage());
  }

  @Test
  void anUpdateEndsWithItsConnection() {
    Object connection = new Object();
    var updates = engine.updates();
    String id = updates.begin(null, new UpdateOwner("client a", connection));
    updates.connectionEnded(new Object());
    assertThrows(Refusal.class, () -> TestUpdates.begin(updates, null));
    updates.connectionEnded(connection);
    String gone = assertThrows(Refusal.class, () -> updates.rollBack(id)).getMessage();
    assertTrue(gone.contains("this one ended with its connection at "), gone);
    assertEquals(2, commit(pushed(next), checksums(next), expected, 0).weightsVersion());
  }

  /** As by a caller whose time was up before the answer came. */
  @Test
  void aCommitSaysTheSameAgain() {
    String id = pushed(next);
    UpdateOutcome outcome = commit(id, checksums(next), expected, 0);
    assertEquals(outcome, commit(id, checksums(next), expected, 0));
    assertEquals(2, engine.weightsVersion());
    String refused = pushed(next);
    Refusal first =
        assertThrows(Refusal.class, () -> commit(refused, checksums(next), before, 0.001f));
    Refusal again =
        assertThrows(Refusal.class, () -> commit(refused, checksums(next), before, 0.001f));
    assertEquals(first.getMessage(), again.getMessage());
    String late = assertThrows(Refusal.class, () -> engine.updates().rollBack(id)).getMessage();
    assertTrue(late.contains("this one was committed as version 2 at "), late);
    clock.pass(Duration.ofMinutes(11));
    engine.updates().rollBack(TestUpdates.begin(engine.updates(), null));
    assertEquals(
        "update_id: "
            + id
            + " (expected: an open weight update; none of that id was heard of for 10 minutes)",
        assertThrows(Refusal.class, () -> commit(id, checksums(next), expected, 0)).getMessage());
  }

  /** The listener holds the decode loop at token 10 until new weights are in. */
  @Test
  void anUpdateWhileTokensAreSampled() {
    var update = new CompletableFuture<UpdateOutcome>();
    var collector =
        new Collector(6) {
          @Override
          public void onToken(
              SequenceId id, int token, float logprob, @Nullable TokenDetails details) {
            super.onToken(id, token, logprob, details);
            if (id.sample() == 0 && told(id).size() == 10) {
              update.complete(commit(pushed(next), checksums(next), expected, 0));
            }
          }
        };
    engine.sample(List.of(PROMPT), 6, Sampling.of(1, 30, 1), collector);
    collector
        .completions()
        .forEach(
            (id, completion) -> {
              int length = completion.tokens().length;
              assertTrue(length > 10, "seed 1 gives long completions");
              // Row 0 hears of its tenth token last of all rows, in the same decode step.
              assertEquals(List.of(span(0, 10, 1), span(10, length, 2)), completion.weights());
            });
    assertEquals(2, update.join().weightsVersion());
  }

  private String pushed(Weights weights) {
    return TestUpdates.push(engine.updates(), TestUpdates.begin(engine.updates(), null), weights);
  }

  private UpdateOutcome commit(
      String id, Map<String, Integer> checksums, float[] logprobs, float threshold) {
    var probe = TestUpdates.probe(PROMPT, COMPLETION, logprobs);
    return engine.updates().commit(id, checksums, List.of(probe), threshold);
  }

  private void refused(
      String beginning, String id, Map<String, Integer> sums, float[] logprobs, float threshold) {
    Refusal refusal = assertThrows(Refusal.class, () -> commit(id, sums, logprobs, threshold));
    assertEquals(Reason.PRECONDITION, refusal.reason());
    assertTrue(refusal.getMessage().startsWith(beginning), refusal.getMessage());
    assertTrue(refusal.getMessage().endsWith("; the old weights stay"), refusal.getMessage());
    assertArrayEquals(before, logprobs(engine));
    assertEquals(1, engine.weightsVersion());
    assertThrows(Refusal.class, () -> engine.updates().rollBack(id), "the update is gone");
  }

  private static void sentence(String sentence, Runnable call) {
    assertEquals(sentence, assertThrows(UserError.class, call::run).getMessage());
  }

  private static float[] logprobs(PolicyEngine engine) {
    return engine.logprobs(PROMPT, List.of(COMPLETION), 1, () -> false).rows()[0];
  }

  private static Completion.Sampled span(int start, int end, long version) {
    return new Completion.Sampled(start, end, version);
  }
}
