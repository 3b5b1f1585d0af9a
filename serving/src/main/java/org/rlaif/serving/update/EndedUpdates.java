package org.rlaif.serving.update;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.rlaif.serving.queue.Refusal;
import org.rlaif.serving.queue.Refusal.Reason;

/**
 * How weight updates ended, for a while: who asked for a commit and did not hear the answer can ask
 * again. Guarded by whoever owns it.
 */
final class EndedUpdates {
  /** Even if somebody begins and drops one after the other. */
  private static final int MOST = 64;

  /**
   * @param outcome of a commit that passed
   * @param failure of one that did not
   */
  private record End(
      Instant when,
      String how,
      @Nullable UpdateOutcome outcome,
      @Nullable RuntimeException failure) {}

  private final Duration memory;
  private final Map<String, End> byId = new LinkedHashMap<>();

  /**
   * @param memory how long an end is remembered
   */
  EndedUpdates(Duration memory) {
    this.memory = memory;
  }

  void committed(String id, UpdateOutcome outcome, Instant now) {
    String how = "was committed as version " + outcome.weightsVersion();
    add(id, new End(now, how, outcome, null));
  }

  void failed(String id, RuntimeException failure, Instant now) {
    add(id, new End(now, "failed its commit: " + failure.getMessage(), null, failure));
  }

  void dropped(String id, String how, Instant now) {
    add(id, new End(now, how, null, null));
  }

  private void add(String id, End end) {
    byId.values().removeIf(each -> each.when().plus(memory).isBefore(end.when()));
    if (byId.size() == MOST) {
      byId.remove(byId.keySet().iterator().next());
    }
    byId.put(id, end);
  }

  /** What a commit said that passed; null: there was none. One that failed fails again. */
  @Nullable UpdateOutcome outcome(String id) {
    End end = byId.get(id);
    if (end != null && end.failure() != null) {
      throw end.failure();
    }
    return end == null ? null : end.outcome();
  }

  /** For whoever wants to go on with it. */
  Refusal notOpen(String id) {
    End end = byId.get(id);
    return new Refusal(
        Reason.NOT_FOUND,
        "update_id: %s (expected: an open weight update; %s)"
            .formatted(
                id,
                end == null
                    ? "none of that id was heard of for %d minutes".formatted(memory.toMinutes())
                    : "this one %s at %s".formatted(end.how(), end.when())));
  }
}
