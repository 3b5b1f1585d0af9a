package org.rlaif.serving.engine;

import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.rlaif.serving.queue.Refusal;
import org.rlaif.serving.queue.Refusal.Reason;

/** Who holds which models, and until when. For many threads. */
final class Leases {
  private final Clock clock;
  private final Map<ServedModel, Lease> byModel = new HashMap<>(); // guarded by this

  Leases(Clock clock) {
    this.clock = clock;
  }

  /** From now on the model is held. */
  synchronized void begin(ServedModel model, Hold hold) {
    byModel.put(model, Lease.from(clock.instant(), hold));
  }

  /** Of a model that somebody holds; null: nobody does. */
  synchronized @Nullable Lease of(ServedModel model) {
    return byModel.get(model);
  }

  /**
   * Begins all leases of a holder anew.
   *
   * @return the names of the models that it holds
   */
  synchronized List<String> renew(String holder) {
    Instant now = clock.instant();
    List<String> names = new ArrayList<>();
    byModel.replaceAll(
        (model, lease) -> {
          if (!lease.holder().equals(holder)) {
            return lease;
          }
          names.add(model.name());
          return Lease.from(now, lease.hold());
        });
    return names.stream().sorted().toList();
  }

  /**
   * Refuses what only the holder may do, while its lease lasts.
   *
   * @param holder who wants to; empty: somebody who holds nothing
   */
  synchronized void require(ServedModel model, String holder) {
    Lease lease = byModel.get(model);
    if (lease != null && !lease.holder().equals(holder) && !lease.isOver(clock.instant())) {
      throw new Refusal(
          Reason.PRECONDITION,
          "name: %s is held by %s until %s, or longer (expected: a model that nobody else holds)"
              .formatted(
                  model.name(), lease.holder(), lease.end().truncatedTo(ChronoUnit.SECONDS)));
    }
  }

  /** The model is in service no more. */
  synchronized void end(ServedModel model) {
    byModel.remove(model);
  }

  /** Takes out the leases that are over. */
  synchronized Map<ServedModel, Lease> takeLapsed() {
    Instant now = clock.instant();
    Map<ServedModel, Lease> lapsed = new HashMap<>(byModel);
    lapsed.values().removeIf(lease -> !lease.isOver(now));
    byModel.keySet().removeAll(lapsed.keySet());
    return lapsed;
  }
}
