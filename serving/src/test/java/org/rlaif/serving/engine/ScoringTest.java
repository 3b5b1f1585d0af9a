package org.rlaif.serving.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlaif.model.DecoderConfig;
import org.rlaif.model.DecoderConfig.Head;
import org.rlaif.model.TensorSpec;
import org.rlaif.model.Weights;
import org.rlaif.serving.engine.RewardEngine.Scores;
import org.rlaif.serving.graph.ComputeConfig;
import org.rlaif.serving.queue.Refusal;
import org.rlaif.serving.queue.Refusal.Reason;
import org.rlaif.serving.score.ScoringConfig;
import org.rlaif.serving.score.ScoringCounts;
import org.rlaif.serving.score.ScoringItem;
import org.rlaif.serving.update.Probe;
import org.rlaif.serving.update.TestUpdates;
import org.rlaif.serving.update.UpdateOutcome;

/** Who shares runs, who is told what, and under which weights; at most 128 tokens a run. */
class ScoringTest {
  private static final DecoderConfig CONFIG =
      DecoderConfig.gpt2(300, 200, 16, 2, 2, 32).withHead(Head.SCORE);

  private static final int MAX_QUEUE = 200;

  @TempDir Path folder;
  private final CompletableFuture<Throwable> broken = new CompletableFuture<>();
  private Models models;
  private RewardEngine engine;

  @BeforeEach
  void open() {
    var scoring = new ScoringConfig(128, Duration.ofMillis(20));
    models =
        new Models(
            new EngineConfig(1, ComputeConfig.threads(2), MAX_QUEUE).scoring(scoring),
            Clock.systemUTC(),
            name -> broken::complete);
    models.load("reward", TestModels.save(folder.resolve("reward"), CONFIG, 7));
    engine = models.reward("reward");
  }

  @AfterEach
  void close() {
    models.close();
  }

  /** 32 sequences of 64 tokens, two to a run. */
  @Test
  void whatIsAskedAtTheSameTimeSharesRuns() {
    var gate = new Gate();
    List<CompletableFuture<Scores>> answers = new ArrayList<>();
    for (int i = 0; i < 32; i++) {
      answers.add(engine.score(List.of(item(i)), () -> false, "client " + i % 5));
    }
    assertEquals(32, engine.scoring().waiting());
    gate.open();
    answers.forEach(CompletableFuture::join);
    assertEquals(
        new ScoringCounts(0, Gate.RUNS + 16, Gate.RUNS + 32, Gate.TOKENS + 32 * 64, 0),
        engine.scoring());
    for (int i = 0; i < 32; i++) {
      assertArrayEquals(
          engine.score(List.of(item(i)), () -> false).scores(), answers.get(i).join().scores());
    }
    assertEquals(Gate.RUNS + 16 + 32, engine.scoring().runs());
  }

  /** 200 tokens do not fit into a run of 128: they go in two chunks. */
  @Test
  void aLongSequenceGoesChunkByChunk() {
    engine.score(List.of(Gate.ITEM), () -> false);
    assertEquals(new ScoringCounts(0, Gate.RUNS, Gate.RUNS, Gate.TOKENS, 0), engine.scoring());
  }

  @Test
  void whatIsCancelledIsNotComputed() {
    var gate = new Gate();
    var gone = new AtomicBoolean();
    var cancelled = engine.score(items(2), gone::get, "a");
    var other = engine.score(items(1), () -> false, "b");
    gone.set(true);
    gate.open();
    assertEquals(Reason.CANCELLED, refusal(cancelled).reason());
    assertEquals(1, other.join().scores().length);
    assertEquals(Gate.TOKENS + 64, engine.scoring().tokens());
  }

  /** Of 16 runs some are computed; then whoever asked goes away. */
  @Test
  void whatIsUnderWayIsCancelledBeforeTheNextRun() {
    var asked = new AtomicInteger();
    BooleanSupplier later = () -> asked.incrementAndGet() > 40;
    assertEquals(Reason.CANCELLED, refusal(engine.score(items(32), later, "a")).reason());
    ScoringCounts counts = engine.scoring();
    assertTrue(counts.runs() >= 1 && counts.runs() < 16, counts.toString());
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30); // the rest leaves the line soon
    while (engine.scoring().waiting() > 0) {
      assertTrue(System.nanoTime() < end, engine.scoring().toString());
      LockSupport.parkNanos(1_000_000);
    }
  }

  @Test
  void aFullQueueTakesAllOrNothing() {
    var gate = new Gate();
    var gone = new AtomicBoolean();
    var many = engine.score(items(198), gone::get, "a");
    Refusal full = assertThrows(Refusal.class, () -> engine.score(items(3), () -> false, "b"));
    assertEquals(Reason.QUEUE_FULL, full.reason());
    assertEquals(
        "model: reward has 198 sequences waiting and was sent 3 more"
            + " (expected: at most 200 waiting)",
        full.getMessage());
    assertNotNull(full.retryAfter());
    Refusal never = assertThrows(Refusal.class, () -> engine.score(items(201), () -> false, "b"));
    assertNull(never.retryAfter(), "it will never fit");
    var fits = engine.score(items(2), () -> false, "b");
    gone.set(true);
    gate.open();
    assertEquals(2, fits.join().scores().length);
    assertEquals(Reason.CANCELLED, refusal(many).reason());
    assertEquals(200, engine.score(items(200), () -> false).scores().length);
  }

  /** One sequence behind 198 of another client is among the first. */
  @Test
  void clientsTakeTurns() {
    var gate = new Gate();
    var order = new ArrayList<String>();
    var many = engine.score(items(198), () -> false, "many").thenRun(() -> order.add("many"));
    var one = engine.score(items(1), () -> false, "one").thenRun(() -> order.add("one"));
    gate.open();
    CompletableFuture.allOf(many, one).join();
    assertEquals(List.of("one", "many"), order);
  }

  /**
   * Weights change while a request is under way: it goes on with those it began with, and the next
   * one has the new ones.
   */
  @Test
  void aRequestIsComputedUnderOneVersion() {
    models.load("next", TestModels.save(folder.resolve("next"), CONFIG, 8));
    List<ScoringItem> items = items(MAX_QUEUE);
    float[] before = engine.score(items, () -> false).scores();
    float[] after = models.reward("next").score(items, () -> false).scores();
    assertFalse(Arrays.equals(before, after));

    var asked = new AtomicInteger();
    var midway = new CountDownLatch(1);
    BooleanSupplier slow =
        () -> {
          if (asked.incrementAndGet() > 250) { // it has begun
            midway.countDown();
            pauseWhile(engine.weightsVersion() == 1);
          }
          return false;
        };
    CompletableFuture<Scores> during = engine.score(items, slow, "a");
    Collector.await(midway);
    var probe = TestUpdates.probe(items.get(0).prompt(), items.get(0).completion(), after[0]);
    assertEquals(2, update(probe).weightsVersion());
    assertFalse(during.isDone(), "it was under way all the time");
    Scores late = engine.score(items(1), () -> false);
    assertEquals(2, late.weightsVersion());
    assertEquals(after[0], late.scores()[0]);
    assertEquals(1, during.join().weightsVersion());
    assertArrayEquals(before, during.join().scores());
  }

  /** A caller's own failure is its problem and nobody else's; an error ends the model. */
  @Test
  void aBrokenThreadTellsEveryone() {
    var gate = new Gate();
    var failing =
        engine.score(
            items(1),
            () -> {
              throw new IllegalStateException("mine");
            },
            "a");
    var healthy = engine.score(items(1), () -> false, "b");
    gate.open();
    assertEquals(
        "mine", assertThrows(CompletionException.class, failing::join).getCause().getMessage());
    assertEquals(1, healthy.join().scores().length);

    gate = new Gate();
    var breaking =
        engine.score(
            items(1),
            () -> {
              throw new StackOverflowError("on purpose");
            },
            "a");
    var other = engine.score(items(100), () -> false, "b");
    gate.open();
    for (CompletableFuture<Scores> each : List.of(breaking, other)) {
      Refusal told = refusal(each);
      assertEquals(Reason.UNAVAILABLE, told.reason());
      assertInstanceOf(StackOverflowError.class, told.getCause());
    }
    assertEquals("on purpose", broken.join().getMessage());
    Refusal later = assertThrows(Refusal.class, () -> engine.score(items(1), () -> false));
    assertEquals(Reason.UNAVAILABLE, later.reason());
  }

  @Test
  void closingGivesWhatIsUnderWaySomeTime() {
    var gate = new Gate();
    var underWay = engine.score(items(100), () -> false, "a");
    gate.openSoon();
    models.unload("reward", Duration.ofSeconds(20));
    assertEquals(100, underWay.join().scores().length);
    Refusal later = assertThrows(Refusal.class, () -> engine.score(items(1), () -> false));
    assertEquals("model: reward is closing", later.getMessage());
  }

  @Test
  void closingAtOnceFailsWhatIsUnderWay() {
    var gate = new Gate();
    var underWay = engine.score(items(100), () -> false, "a");
    gate.openSoon();
    models.unload("reward", Duration.ZERO);
    assertEquals("model: reward is closing", refusal(underWay).getMessage());
    assertEquals(Reason.UNAVAILABLE, refusal(underWay).reason());
  }

  private UpdateOutcome update(Probe probe) {
    Weights weights = TestModels.weights(CONFIG, 8);
    String id = TestUpdates.begin(engine.updates(), null);
    Map<String, Integer> checksums = new HashMap<>();
    for (TensorSpec spec : weights.specs()) {
      FloatBuffer numbers = weights.get(spec.name());
      ByteBuffer bytes =
          ByteBuffer.allocate(numbers.remaining() * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
      bytes.asFloatBuffer().put(numbers);
      engine.updates().push(id, spec.name(), 0, bytes);
      checksums.put(spec.name(), weights.crc32c(spec.name()));
    }
    return engine.updates().commit(id, checksums, List.of(probe), 0);
  }

  private static void pauseWhile(boolean wanted) {
    if (wanted) {
      LockSupport.parkNanos(2_000_000);
    }
  }

  private static Refusal refusal(CompletableFuture<Scores> answer) {
    Throwable cause = assertThrows(CompletionException.class, answer::join).getCause();
    return assertInstanceOf(Refusal.class, cause);
  }

  private static List<ScoringItem> items(int count) {
    return IntStream.range(0, count).mapToObj(ScoringTest::item).toList();
  }

  /** 60 + 4 tokens. */
  private static ScoringItem item(int seed) {
    int[] completion = {4, 5 + seed % 200, 6, 1};
    return new ScoringItem(TestModels.prompt(CONFIG, 60, seed), completion);
  }

  /** Keeps the scorer's thread, with a sequence that shares no run, until it is opened. */
  private final class Gate {
    static final ScoringItem ITEM =
        new ScoringItem(TestModels.prompt(CONFIG, 199, 1), new int[] {1});
    static final int TOKENS = 200;
    static final int RUNS = 2;

    private final CountDownLatch open = new CountDownLatch(1);

    @SuppressWarnings("FutureReturnValueIgnored") // nobody reads this answer
    Gate() {
      var entered = new CountDownLatch(3); // by then it has left the line
      BooleanSupplier waiting =
          () -> {
            entered.countDown();
            if (entered.getCount() == 0) {
              Collector.await(open);
            }
            return false;
          };
      engine.score(List.of(ITEM), waiting, "gate");
      Collector.await(entered);
    }

    void open() {
      open.countDown();
    }

    /** When whoever waits for the thread does so. */
    void openSoon() {
      CompletableFuture.delayedExecutor(100, TimeUnit.MILLISECONDS).execute(open::countDown);
    }
  }
}
