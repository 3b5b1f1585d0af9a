package org.rlaif.serving.grpc;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.rlaif.serving.engine.Models;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Unloads models whose holder is heard of no more, within a second of the end of its lease. */
final class Lapses implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Lapses.class);

  private final Models models;
  private final Duration patience;
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(
          work -> {
            var thread = new Thread(work, "rlaif-lapses");
            thread.setDaemon(true);
            return thread;
          });

  /**
   * @param patience with sequences under way
   */
  @SuppressWarnings("FutureReturnValueIgnored") // it ends with the clock
  Lapses(Models models, Duration patience) {
    this.models = models;
    this.patience = patience;
    clock.scheduleWithFixedDelay(this::look, 1, 1, TimeUnit.SECONDS);
  }

  private void look() {
    try {
      models.unloadLapsed(patience);
    } catch (RuntimeException e) { // the next one has to be unloaded all the same
      LOG.error("a model whose lease has lapsed cannot be unloaded", e);
    }
  }

  @Override
  public void close() {
    clock.shutdown(); // what is being unloaded is not interrupted
  }
}
