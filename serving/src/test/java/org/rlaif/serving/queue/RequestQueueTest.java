package org.rlaif.serving.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.rlaif.serving.engine.Collector;
import org.rlaif.serving.queue.Refusal.Reason;
import org.rlaif.serving.sampling.Sampling;

class RequestQueueTest {
  private final RequestQueue line = new RequestQueue(new Quota("policy", new QueueConfig(10, 10)));

  @Test
  void clientsTakeTurns() {
    line.add(groups("a", 4, new Ticket()));
    line.add(groups("b", 2, new Ticket()));
    line.add(groups("c", 1, new Ticket()));
    assertEquals(List.of("a0", "b0", "c0", "a1", "b1"), polled(5));
    line.add(groups("b", 2, new Ticket())); // back again, behind a
    assertEquals(List.of("a2", "b0", "a3", "b1"), polled(4));
    assertNull(line.poll());
  }

  @Test
  void whoIsCancelledLosesTheTurn() {
    var ticket = new Ticket();
    line.add(groups("a", 3, ticket));
    line.add(groups("b", 2, new Ticket()));
    ticket.cancel();
    assertEquals(3, line.removeCancelled().size());
    assertEquals(2, line.load().waiting());
    assertEquals(List.of("b0", "b1"), polled(2));
    assertNull(line.poll());
  }

  @Test
  void aFullLineSaysWhenToComeBack() {
    line.add(groups("a", 10, new Ticket()));
    assertEquals(Duration.ofSeconds(1), full(1), "nobody has left yet");
    line.leave(groups("a", 1, new Ticket()).get(0), 4);
    Duration soon = full(5);
    assertTrue(soon.compareTo(Duration.ofMillis(100)) >= 0, soon.toString());
    assertTrue(soon.compareTo(Duration.ofSeconds(30)) <= 0, soon.toString());
    assertNull(full(11), "more than there is room for at all");
  }

  /** Ten places, six for one client. */
  @Test
  void oneClientLeavesRoomForOthers() {
    var shared = new RequestQueue(new Quota("policy", new QueueConfig(10, 6)));
    var ticket = new Ticket();
    shared.add(groups("a", 2, ticket));
    shared.add(groups("a", 4, new Ticket()));
    Refusal refusal = assertThrows(Refusal.class, () -> shared.add(groups("a", 1, new Ticket())));
    assertEquals(
        "model: policy has 6 sequences of this client waiting and was sent 1 more"
            + " (expected: at most 6 waiting of one client)",
        refusal.getMessage());
    assertEquals(Reason.QUEUE_FULL, refusal.reason());
    assertEquals(Duration.ofSeconds(1), refusal.retryAfter());
    shared.add(groups("b", 4, new Ticket()));
    String full =
        assertThrows(Refusal.class, () -> shared.add(groups("b", 1, new Ticket()))).getMessage();
    assertTrue(full.endsWith("(expected: at most 10 waiting)"), full);

    ticket.cancel();
    shared.removeCancelled();
    shared.add(groups("a", 2, new Ticket())); // in their places
    PromptGroup next = shared.poll();
    assertThrows(
        Refusal.class, () -> shared.add(groups("a", 1, new Ticket())), "it has no row yet");
    shared.leave(next, 1);
    shared.add(groups("a", 1, new Ticket()));
    Refusal never = assertThrows(Refusal.class, () -> shared.add(groups("c", 7, new Ticket())));
    assertNull(never.retryAfter(), "more than one client may have at all");
    shared.drain();
    shared.add(groups("a", 6, new Ticket()));
    assertEquals(6, shared.load().waiting());
  }

  /** 64 in 200 ms, if all of them left at the beginning. */
  @Test
  void theLinesPaceIsThatOfTheLastOnes() throws InterruptedException {
    var pace = new DepartureRate();
    for (int i = 0; i < 128; i++) {
      pace.left(1);
    }
    long start = System.nanoTime();
    Thread.sleep(200);
    double each = pace.timeFor(100).toNanos() / 100.0;
    double elapsed = System.nanoTime() - start;
    assertTrue(each * 64 >= 200e6 && each * 64 < elapsed + 50e6, each + " ns");
    assertEquals(Duration.ofMillis(100), pace.timeFor(1));
    assertEquals(Duration.ofSeconds(30), pace.timeFor(100_000));
  }

  private Duration full(int more) {
    Refusal refusal = assertThrows(Refusal.class, () -> line.add(groups("b", more, new Ticket())));
    assertEquals(Reason.QUEUE_FULL, refusal.reason());
    return refusal.retryAfter();
  }

  private List<String> polled(int count) {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      PromptGroup group = line.poll();
      names.add(group.client + group.promptIndex);
    }
    return names;
  }

  private static List<PromptGroup> groups(String client, int count, Ticket ticket) {
    List<PromptGroup> groups = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      groups.add(
          new PromptGroup(
              new int[] {2}, i, 1, Sampling.of(1, 1, 1), new Collector(0), ticket, client));
    }
    return groups;
  }
}
