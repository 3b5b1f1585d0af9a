package org.rlaif.serving.engine;

import org.jspecify.annotations.Nullable;
import org.rlaif.serving.queue.Refusal;
import org.rlaif.serving.weights.MemoryNeed;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Memory of models that are being loaded: what one of them is going to take is not free for
 * another. Loads go on side by side as long as there is room for both.
 */
final class LoadingMemory {
  private static final Logger LOG = LoggerFactory.getLogger(LoadingMemory.class);

  // Of all shares that were taken.
  private int loading;
  private long direct;
  private long total;

  /** One load's; when it is closed, the memory is in use, or free again. */
  final class Share implements AutoCloseable {
    private @Nullable MemoryNeed taken;

    /** Waits for other loads if there is no room beside them; refuses what cannot fit. */
    void take(String model, MemoryNeed need) {
      synchronized (LoadingMemory.this) {
        boolean told = false;
        while (loading > 0 && !need.fits(direct, total)) {
          if (!told) {
            LOG.info("{} waits for memory until {} other models are loaded", model, loading);
            told = true;
          }
          try {
            LoadingMemory.this.wait();
          } catch (InterruptedException e) {
            throw Refusal.interrupted("model", e);
          }
        }
        need.check(model);
        taken = need;
        loading++;
        direct += need.direct();
        total += need.total();
      }
    }

    @Override
    public void close() {
      synchronized (LoadingMemory.this) {
        if (taken != null) {
          loading--;
          direct -= taken.direct();
          total -= taken.total();
          taken = null;
          LoadingMemory.this.notifyAll();
        }
      }
    }
  }

  Share share() {
    return new Share();
  }
}
