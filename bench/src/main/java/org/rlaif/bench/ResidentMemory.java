package org.rlaif.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.rlaif.kit.Statistics;
import org.rlaif.serving.os.ProcMemory;

/** How much memory this process has in the machine, again and again; known on Linux alone. */
final class ResidentMemory implements AutoCloseable {
  /** MiB, and when: in seconds after the start. */
  record Sample(double seconds, double mib) {}

  private final long start = System.nanoTime();
  private final List<Sample> samples = new ArrayList<>();
  private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();

  @SuppressWarnings("FutureReturnValueIgnored") // it ends with the clock
  ResidentMemory(double secondsBetween) {
    long nanos = (long) (secondsBetween * 1e9);
    clock.scheduleAtFixedRate(this::sample, 0, nanos, TimeUnit.NANOSECONDS);
  }

  private void sample() {
    var sample = new Sample(LatencyFigures.seconds(System.nanoTime() - start), mib());
    synchronized (this) {
      samples.add(sample);
    }
  }

  /** Those that came from some second on until before another. */
  synchronized List<Sample> samples(double from, double to) {
    return samples.stream().filter(each -> each.seconds >= from && each.seconds < to).toList();
  }

  /** Their mean; NaN if there is none, or it is not known here. */
  double mean(double from, double to) {
    return Statistics.mean(samples(from, to).stream().mapToDouble(Sample::mib).toArray());
  }

  /** What it is now, in MiB. */
  static double mib() {
    OptionalLong bytes = ProcMemory.resident();
    return bytes.isEmpty() ? Double.NaN : bytes.getAsLong() / 0x1p20;
  }

  @Override
  public void close() {
    clock.shutdownNow();
  }
}
