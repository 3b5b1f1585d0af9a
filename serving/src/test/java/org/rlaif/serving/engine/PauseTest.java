package org.rlaif.serving.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlaif.model.DecoderConfig;
import org.rlaif.serving.queue.Completion;
import org.rlaif.serving.queue.PauseMode;
import org.rlaif.serving.queue.Refusal;
import org.rlaif.serving.queue.Refusal.Reason;
import org.rlaif.serving.queue.Ticket;
import org.rlaif.serving.sampling.Sampling;
import org.rlaif.serving.sampling.SequenceId;
import org.rlaif.serving.sampling.Stops;
import org.rlaif.serving.sampling.TokenDetails;

/** Two slots, four sequences of hundreds of tokens each. */
class PauseTest {
  private static final DecoderConfig LONG = DecoderConfig.gpt2(300, 900, 16, 2, 2, 32);

  /** The end-of-text token cannot come before the end. */
  private static final Sampling SAMPLING =
      Sampling.of(1, 800, 3).with(new Stops(800, List.of(), Set.of()));

  private static final List<int[]> PROMPTS = List.of(new int[] {2, 9, 10});

  @TempDir Path folder;
  private Models models;
  private PolicyEngine engine;

  @BeforeEach
  void open() {
    models = TestModels.models(2);
    models.load("policy", TestModels.save(folder.resolve("policy"), LONG, 7));
    engine = models.policy("policy");
  }

  @AfterEach
  void close() {
    models.close();
  }

  @Test
  void keepFreezesAndChangesNothing() throws InterruptedException {
    Started paused = start();
    pause(PauseMode.KEEP);
    assertEquals(2, engine.liveSequences());
    assertEquals(2, engine.waitingSequences());
    assertEquals(PauseMode.KEEP, engine.paused());
    int told = paused.told();
    Thread.sleep(60);
    assertEquals(told, paused.told());
    assertTrue(told < 1600, told + " tokens: nothing had finished");
    assertEquals(2 * 3 + told - 2, engine.cachedTokens(), "the last ones are not there yet");
    engine.resume();
    assertNull(engine.paused());
    Map<SequenceId, Completion> found = paused.completions();
    Collector.sample(engine, PROMPTS, 4, SAMPLING)
        .forEach(
            (id, expected) -> {
              assertArrayEquals(expected.tokens(), found.get(id).tokens());
              assertArrayEquals(expected.logprobs(), found.get(id).logprobs());
            });
  }

  @Test
  void drainFinishesWhatIsLive() {
    Started paused = start();
    pause(PauseMode.DRAIN);
    assertEquals(1600, paused.told());
    assertEquals(0, engine.liveSequences());
    assertEquals(2, engine.waitingSequences());
    engine.resume();
    assertEquals(4, paused.completions().size());
  }

  @Test
  void abortFailsAllAndLaterRequestsWait() {
    Started paused = start();
    pause(PauseMode.ABORT);
    assertEquals(4, paused.failures().size());
    paused
        .failures()
        .values()
        .forEach(
            cause -> assertEquals(Reason.ABORTED, assertInstanceOf(Refusal.class, cause).reason()));
    assertEquals(0, engine.liveSequences());
    var later = new Collector(1);
    engine.sample(PROMPTS, 1, Sampling.of(1, 3, 1), later);
    assertEquals(1, engine.waitingSequences());
    engine.resume();
    assertEquals(1, later.completions().size());
  }

  /** From frozen to aborted; scores and log-probabilities go on all the time. */
  @Test
  void aPauseCanChangeItsMode() {
    Started paused = start();
    pause(PauseMode.KEEP);
    assertEquals(
        1, engine.logprobs(PROMPTS.get(0), List.of(new int[] {5}), 1, () -> false).rows().length);
    pause(PauseMode.ABORT);
    assertEquals(4, paused.failures().size());
  }

  @Test
  void whoIsCancelledHearsOfItWhilePaused() {
    Started paused = start();
    pause(PauseMode.KEEP);
    paused.ticket.cancel();
    assertEquals(4, paused.failures().size());
    paused
        .failures()
        .values()
        .forEach(cause -> assertInstanceOf(CancellationException.class, cause));
  }

  @Test
  void aPausedModelClosesAtOnce() {
    Started paused = start();
    pause(PauseMode.KEEP);
    long start = System.nanoTime();
    models.unload("policy", Duration.ofSeconds(60));
    assertTrue(System.nanoTime() - start < Duration.ofSeconds(20).toNanos());
    assertEquals(4, paused.failures().size());
  }

  /** Nothing will resume it: neither what is frozen nor what waits has anything to wait for. */
  @Test
  void whatIsPausedEndsWithTheServer() {
    Started paused = start();
    pause(PauseMode.KEEP);
    engine.stopWaiting();
    assertEquals(4, paused.failures().size());
    String expected = "model: policy is closing while it is paused, and nothing will resume it";
    paused
        .failures()
        .values()
        .forEach(
            cause -> {
              assertEquals(Reason.UNAVAILABLE, ((Refusal) cause).reason());
              assertEquals(expected, cause.getMessage());
            });
    engine.resume();
    assertThrows(
        Refusal.class, () -> engine.sample(PROMPTS, 1, SAMPLING, new Collector(0)), "too late");
  }

  @Test
  void whatAPauseLetsFinishIsFinished() {
    Started paused = start();
    engine.stopWaiting();
    Refusal refusal = assertThrows(Refusal.class, () -> pause(PauseMode.DRAIN));
    assertEquals(Reason.UNAVAILABLE, refusal.reason());
    assertEquals(2, paused.failures().size(), "those that had no slot");
    assertEquals(1600, paused.told());
  }

  @Test
  void whatIsNotPausedGoesOn() {
    Started running = start();
    engine.stopWaiting();
    assertEquals(4, running.completions().size());
  }

  @Test
  void anIdleModelPausesAtOnce() {
    for (PauseMode mode : PauseMode.values()) {
      pause(mode);
      assertEquals(mode, engine.paused());
    }
    engine.resume();
    engine.resume();
    assertEquals(1, Collector.sample(engine, PROMPTS, 1, Sampling.of(1, 3, 1)).size());
  }

  private void pause(PauseMode mode) {
    engine.pause(mode, () -> false);
  }

  /** Four sequences, of which two have begun. */
  private Started start() {
    var started = new Started();
    started.ticket = engine.sample(PROMPTS, 4, SAMPLING, started);
    await(started.begun);
    return started;
  }

  private static void await(CountDownLatch latch) {
    Collector.await(latch);
  }

  private static final class Started extends Collector {
    private final CountDownLatch begun = new CountDownLatch(20);
    private Ticket ticket = new Ticket();

    Started() {
      super(4);
    }

    @Override
    public void onToken(SequenceId id, int token, float logprob, @Nullable TokenDetails details) {
      super.onToken(id, token, logprob, details);
      begun.countDown();
    }

    int told() {
      return IntStream.range(0, 4).map(i -> told(new SequenceId(0, i)).size()).sum();
    }
  }
}
