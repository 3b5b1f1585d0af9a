package org.rlaif.training.cli;

import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.rlaif.client.RlaifClient;

/** Keeps models on a server for as long as this process lives, whatever else it does. */
final class LeaseRenewals implements AutoCloseable {
  /** In the time of one lease, so that a few may fail; and others soon see that it goes on. */
  private static final int RENEWALS = 12;

  private final RlaifClient client;
  private final String holder;
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(
          work -> {
            var thread = new Thread(work, "rlaif-lease");
            thread.setDaemon(true);
            return thread;
          });

  @SuppressWarnings("FutureReturnValueIgnored") // it ends with the clock
  LeaseRenewals(RlaifClient client, String holder, Duration lease) {
    this.client = client.within(lease.dividedBy(4));
    this.holder = holder;
    long interval = lease.dividedBy(RENEWALS).toMillis();
    clock.scheduleWithFixedDelay(this::renew, interval, interval, TimeUnit.MILLISECONDS);
  }

  private void renew() {
    try {
      client.renewLease(holder);
    } catch (StatusRuntimeException e) {
      // The next one may succeed. If none does, the models go, and who asks them is told.
    }
  }

  @Override
  public void close() {
    clock.shutdownNow();
  }
}
