package org.rlaif.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** How much memory this process has in the machine, again and again; known on Linux alone. */
final class ResidentMemory implements AutoCloseable {
  /** In the process's status; proc(5). */
  private static final Path STATUS = Path.of("/proc/self/status");

  private static final String LINE = "VmRSS:";

  /** So many MiB, that many seconds after the start. */
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
    return LatencyFigures.mean(samples(from, to).stream().mapToDouble(Sample::mib).toArray());
  }

  /** What it is now, in MiB. */
  static double mib() {
    if (!Files.isReadable(STATUS)) {
      return Double.NaN;
    }
    try {
      return Files.readAllLines(STATUS).stream()
          .filter(line -> line.startsWith(LINE))
          .mapToDouble(line -> Double.parseDouble(line.replaceAll("\\D", "")) / 1024)
          .findFirst()
          .orElse(Double.NaN);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    clock.shutdownNow();
  }
}
