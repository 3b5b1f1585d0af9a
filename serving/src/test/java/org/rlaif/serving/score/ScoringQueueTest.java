package org.rlaif.serving.score;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.rlaif.serving.queue.QueueConfig;
import org.rlaif.serving.queue.Quota;
import org.rlaif.serving.queue.Refusal;
import org.rlaif.serving.score.ScoringRequest.Piece;

/** Who waits for whom, and in what order they are taken. */
class ScoringQueueTest {
  private static final Duration DELAY = Duration.ofMillis(300);
  private static final int MANY = 1 << 20;

  private final ScoringQueue line =
      new ScoringQueue(new Quota("model", new QueueConfig(10, 6)), 128, DELAY);

  @Test
  void whoAsksAloneDoesNotWait() throws InterruptedException {
    for (int i = 0; i < 3; i++) {
      ScoringRequest request = add("a", 10);
      assertEquals(List.of(request), take(Duration.ZERO, DELAY.dividedBy(2)));
      request.fail(new Refusal(Refusal.Reason.CANCELLED, "done"));
    }
  }

  /** The other of two does not come back: the one waits for it, once, and no longer than that. */
  @Test
  void theDelayIsTheLongestWait() throws InterruptedException {
    ScoringRequest first = add("a", 10);
    ScoringRequest second = add("b", 10);
    assertEquals(List.of(first, second), take(Duration.ZERO, DELAY.dividedBy(2)));
    done(first, second);
    ScoringRequest again = add("a", 10);
    assertEquals(List.of(again), take(DELAY, DELAY.multipliedBy(10)));
    done(again);
    ScoringRequest alone = add("a", 10);
    assertEquals(List.of(alone), take(Duration.ZERO, DELAY.dividedBy(2)));
  }

  @Test
  void theWaitEndsWhenAllAreBack() throws Exception {
    done(add("a", 10), add("b", 10));
    ScoringRequest back = add("a", 10);
    CompletableFuture<ScoringRequest> other =
        CompletableFuture.supplyAsync(
            () -> add("b", 10), CompletableFuture.delayedExecutor(50, TimeUnit.MILLISECONDS));
    List<ScoringRequest> taken = take(Duration.ofMillis(20), DELAY);
    assertEquals(List.of(back, other.get()), taken);
  }

  @Test
  void aRunsWorthOfTokensDoesNotWait() throws InterruptedException {
    done(add("a", 10), add("b", 10));
    ScoringRequest large = add("a", 128);
    assertEquals(List.of(large), take(Duration.ZERO, DELAY.dividedBy(2)));
  }

  /** The small request of another client comes second and not fourth. */
  @Test
  void clientsTakeTurns() throws InterruptedException {
    ScoringRequest big = add("big", 40, 40, 40);
    ScoringRequest small = add("small", 40);
    assertEquals(4, line.waiting());
    assertEquals(List.of(big, small), line.take(80).stream().map(Piece::request).toList());
    assertEquals(2, line.waiting());
    assertEquals(List.of(big, big), line.take(MANY).stream().map(Piece::request).toList());
  }

  /** Ten places, six for one client; what new weights are asked needs none. */
  @Test
  void oneClientLeavesRoomForOthers() throws InterruptedException {
    add("a", 10, 10, 10, 10);
    Refusal refusal = assertThrows(Refusal.class, () -> add("a", 10, 10, 10));
    assertEquals(
        "model: model has 4 sequences of this client waiting and was sent 3 more"
            + " (expected: at most 6 waiting of one client)",
        refusal.getMessage());
    assertEquals(Refusal.Reason.QUEUE_FULL, refusal.reason());
    assertNotNull(refusal.retryAfter());
    assertEquals(4, line.waiting(), "all of it or nothing");
    add("b", 10, 10, 10, 10, 10, 10);
    String full = assertThrows(Refusal.class, () -> add("c", 10)).getMessage();
    assertTrue(full.endsWith("(expected: at most 10 waiting)"), full);
    line.addAnyway(request("", 10));
    assertEquals(11, line.waiting());
    line.take(MANY);
    add("a", 10, 10, 10, 10, 10, 10);
    Refusal never = assertThrows(Refusal.class, () -> add("c", 10, 10, 10, 10, 10, 10, 10));
    assertNull(never.retryAfter(), "more than one client may have at all");
  }

  private ScoringRequest add(String client, int... lengths) {
    ScoringRequest request = request(client, lengths);
    line.add(request);
    return request;
  }

  private static ScoringRequest request(String client, int... lengths) {
    var request = new ScoringRequest(client, () -> false);
    for (int length : lengths) {
      request.add(
          List.of(new Span(new int[length], 0, new int[1], new int[1], 1, (index, number) -> {})),
          1);
    }
    return request;
  }

  /** Takes what waits of these, and answers. */
  private void done(ScoringRequest... requests) throws InterruptedException {
    if (line.waiting() > 0) {
      line.take(MANY);
    }
    for (ScoringRequest request : requests) {
      request.pieceDone();
    }
  }

  /** What comes after at least, and at most, that time. */
  private List<ScoringRequest> take(Duration least, Duration most) throws InterruptedException {
    long start = System.nanoTime();
    List<ScoringRequest> taken = line.take(MANY).stream().map(Piece::request).toList();
    Duration took = Duration.ofNanos(System.nanoTime() - start);
    assertTrue(took.compareTo(least.multipliedBy(9).dividedBy(10)) >= 0, "waited " + took);
    assertTrue(took.compareTo(most) <= 0, "waited " + took);
    return taken;
  }
}
