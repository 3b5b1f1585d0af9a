package org.rlaif.serving.decode;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.rlaif.model.DecoderConfig;
import org.rlaif.serving.queue.Completion;
import org.rlaif.serving.queue.ModelObserver;
import org.rlaif.serving.queue.PromptGroup;
import org.rlaif.serving.queue.QueueConfig;
import org.rlaif.serving.queue.Quota;
import org.rlaif.serving.queue.Refusal;
import org.rlaif.serving.queue.RequestQueue;
import org.rlaif.serving.queue.SequenceListener;
import org.rlaif.serving.queue.Ticket;
import org.rlaif.serving.sampling.Sampling;
import org.rlaif.serving.sampling.SequenceId;

/** Who gets which slots, without a graph. */
class AdmissionPolicyTest {
  private static final int SLOTS = 16;
  private static final int LONG = 200; // more than a chunk: computed alone

  private final RequestQueue queue = new RequestQueue(new Quota("policy", new QueueConfig(40, 20)));
  private final AdmissionPolicy policy =
      new AdmissionPolicy(DecoderConfig.gpt2(300, 512, 16, 2, 2, 32), SLOTS, queue);

  /** Whoever asks; may be one who does not read what was told. */
  private static class Caller implements SequenceListener {
    boolean behind;

    @Override
    public boolean isBehind() {
      return behind;
    }

    @Override
    public void onFinished(SequenceId id, Completion completion) {}

    @Override
    public void onFailed(SequenceId id, Throwable cause) {}
  }

  private PromptGroup add(String client, int tokens, int samples) {
    return add(client, tokens, samples, new Caller());
  }

  private PromptGroup add(String client, int tokens, int samples, Caller caller) {
    var group =
        new PromptGroup(
            new int[tokens],
            0,
            samples,
            Sampling.of(1, 4, 7),
            caller,
            new Ticket(ModelObserver.NONE),
            client);
    queue.add(List.of(group));
    return group;
  }

  @Test
  void clientsTakeTurns() {
    PromptGroup first = add("a", LONG, 1);
    PromptGroup second = add("a", LONG, 1);
    PromptGroup third = add("a", LONG, 1);
    PromptGroup other = add("b", LONG, 1);
    assertEquals(List.of(first), policy.next(0, true));
    assertEquals(List.of(other), policy.next(0, true));
    assertEquals(List.of(second), policy.next(0, true));
    assertEquals(List.of(third), policy.next(0, true));
    assertEquals(List.of(), policy.next(0, true));
  }

  @Test
  void aClientWaitsWithinItsQuotaWhateverIsFree() {
    add("a", LONG, 20);
    assertThrows(Refusal.class, () -> add("a", LONG, 1));
    PromptGroup other = add("b", LONG, 1);
    policy.next(0, true);
    assertEquals(List.of(other), policy.next(0, true));
  }

  @Test
  void whoDoesNotReadIsPassed() {
    var caller = new Caller();
    PromptGroup unread = add("a", LONG, 1, caller);
    PromptGroup next = add("a", LONG, 1);
    caller.behind = true;
    assertEquals(List.of(next), policy.next(0, true));
    assertEquals(List.of(), policy.next(0, true));
    caller.behind = false;
    assertEquals(List.of(unread), policy.next(0, true));
  }

  /** A run of 20 tokens each is at most twice the 10 of the shortest; one of 21 is not. */
  @Test
  void promptsOfLikeLengthsAreComputedTogether() {
    PromptGroup ten = add("a", 10, 1);
    PromptGroup twenty = add("a", 20, 1);
    PromptGroup more = add("a", 21, 1);
    assertEquals(List.of(ten, twenty), policy.next(0, true));
    assertEquals(List.of(more), policy.next(2, true));
  }

  /** Nine of 17 tokens are padded to 18: 162 of the 512 tokens that a run may have. */
  @Test
  void noMoreThanThereAreSlots() {
    for (int i = 0; i < 9; i++) {
      add("a", 17, 1);
    }
    assertEquals(5, policy.next(SLOTS - 5, true).size());
    assertEquals(4, policy.next(0, true).size());
  }

  /** Four of 128 tokens fill a run of 512. */
  @Test
  void noMoreThanARunHolds() {
    for (int i = 0; i < 6; i++) {
      add("a", 128, 1);
    }
    assertEquals(4, policy.next(0, true).size());
    assertEquals(2, policy.next(0, true).size());
  }

  @Test
  void besideRowsThatDecodeThereIsOnePrompt() {
    PromptGroup first = add("a", 10, 1);
    add("a", 10, 1);
    assertEquals(List.of(first), policy.next(3, false));
  }

  /** It is computed once; its samples get slots as these become free. */
  @Test
  void aGroupBeginsWhateverItsSize() {
    PromptGroup group = add("a", 10, 20);
    assertEquals(List.of(group), policy.next(SLOTS - 1, true));
  }

  @Test
  void singleSamplesAreComputedWhereTheirRowsWillBe() {
    assertEquals(3, policy.slot(List.of(add("a", 10, 1), add("a", 10, 1)), 3));
  }

  /** Slots 15 and 16, of 0 to 16: rows may come to lie in 0 to 13, and then copies replace them. */
  @Test
  void groupsAreComputedBehindAllRows() {
    assertEquals(15, policy.slot(List.of(add("a", 10, 2), add("a", 10, 1)), 3));
    assertEquals(16, policy.slot(List.of(add("a", 10, 2)), 3));
  }

  /** Of 16 slots, two are few and three are many. */
  @Test
  void rowsWaitWhileManySlotsAreFilled() {
    add("a", LONG, 2);
    assertFalse(policy.mayRowsWait(4, false), "few");
    add("a", LONG, 1);
    assertTrue(policy.mayRowsWait(4, false));
    assertFalse(policy.mayRowsWait(4, true), "somebody follows them");
    assertTrue(policy.mayRowsWait(SLOTS - 1, false), "it goes on until all are filled");
    assertFalse(policy.decodes(true, true), "a prompt is computed, and rows wait");
    assertTrue(policy.decodes(false, true), "nothing is left to fill with");
    assertFalse(policy.mayRowsWait(SLOTS - 1, false), "one slot is few");
  }

  @Test
  void rowsWaitForNoMorePromptsThanThereAreSlots() {
    add("a", LONG, 20);
    for (int i = 0; i < SLOTS; i++) {
      assertTrue(policy.mayRowsWait(0, false));
      policy.started();
    }
    assertFalse(policy.mayRowsWait(0, false));
    assertTrue(policy.decodes(true, false), "rows decode beside the next prompt");
    assertTrue(policy.mayRowsWait(0, false));
  }

  @Test
  void whoFollowsRowsSeesShortPauses() {
    add("a", LONG, 2);
    assertEquals(Prefill.PIECE, policy.chunk(4, true));
    assertEquals(Prefill.CHUNK, policy.chunk(4, false), "nobody follows");
    add("a", LONG, 1);
    assertEquals(Prefill.CHUNK, policy.chunk(4, true), "many can be filled");
  }
}
