package org.rlaif.bench;

import io.grpc.StatusRuntimeException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.rlaif.bench.ResidentMemory.Sample;
import org.rlaif.bench.Section.Row;
import org.rlaif.serving.engine.PolicyEngine;

/**
 * Twice as many requests as the server can answer, for a long time, while all weights are published
 * again and again. What is taken must be answered, what is refused must hear when to come back, and
 * memory must stay as it is.
 */
final class Soak {
  static final int SWAPS = 100;
  private static final int OVERLOAD = 2;

  /** Requests per row of the closed loop that finds the capacity. */
  private static final int ROUNDS = 4;

  /** Before the clock starts: so that there is memory for two sets of weights. */
  private static final int WARM_SWAPS = 2;

  private static final int STRETCHES = 20;
  private static final int SAMPLES = 50; // of the memory, in each

  private final Settings settings;
  private final PolicyEngine engine;
  private final Caller streams;
  private final Publisher weights;
  private int swaps;
  private int failedSwaps;

  /**
   * @param streams asks for tokens
   * @param publisher hands over weights, in the same process
   */
  Soak(Settings settings, PolicyEngine engine, Caller streams, Caller publisher) {
    this.settings = settings;
    this.engine = engine;
    this.streams = streams;
    this.weights = new Publisher(engine, publisher, settings.seed());
  }

  /** Sequences of one client that may wait: as many as are live, and as many again. */
  static int queue(Settings settings) {
    return 2 * settings.batch();
  }

  void measure(Found into) throws InterruptedException {
    for (int i = 0; i < WARM_SWAPS; i++) {
      weights.publish();
    }
    capacity(); // of code that is not compiled yet
    double capacity = capacity();
    double rate = OVERLOAD * capacity;
    double[] due = Arrivals.within(rate, settings.soakSeconds(), settings.seed());
    var stretches = new AnswerCounts[STRETCHES];
    for (int i = 0; i < STRETCHES; i++) {
      stretches[i] = new AnswerCounts();
    }
    var all = new AnswerCounts();
    double stretch = settings.soakSeconds() / STRETCHES;
    ExecutorService pool = Executors.newSingleThreadExecutor();
    try (var memory = new ResidentMemory(stretch / SAMPLES)) {
      long start = System.nanoTime();
      Future<?> publishing = pool.submit(() -> publishUntilTheEnd(start));
      LoadGenerator.open(
          streams,
          work(due.length),
          due,
          trace -> {
            double sent = LatencyFigures.seconds(trace.sent() - start);
            stretches[Math.max(0, Math.min(STRETCHES - 1, (int) (sent / stretch)))].add(trace);
            all.add(trace);
          });
      publishing.get();
      report(into, stretches, all, memory, rate);
    } catch (ExecutionException e) {
      throw new IllegalStateException("the swaps failed: " + e.getCause(), e.getCause());
    } finally {
      pool.shutdownNow();
    }
  }

  /** Requests per second, with as many callers as rows. */
  private double capacity() throws InterruptedException {
    List<Trace> traces =
        LoadGenerator.closed(streams, work(ROUNDS * settings.batch()), settings.batch());
    Failures.throwFirst(traces);
    return traces.size() / LatencyFigures.wallSeconds(traces);
  }

  private Workload work(int requests) {
    return Workload.draw(
        engine.config(),
        Math.min(requests, ROUNDS * settings.batch()),
        settings.prompts(),
        settings.outputs(),
        settings.seed());
  }

  /** Evenly spread; one that is late is followed by the next at once. */
  private void publishUntilTheEnd(long start) {
    double between = settings.soakSeconds() / SWAPS;
    for (int i = 0; i < SWAPS; i++) {
      try {
        long at = start + (long) (i * between * 1e9);
        TimeUnit.NANOSECONDS.sleep(at - System.nanoTime());
        if (LatencyFigures.seconds(System.nanoTime() - start) >= settings.soakSeconds()) {
          return;
        }
        weights.publish();
        swaps++;
      } catch (StatusRuntimeException e) {
        failedSwaps++;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  private void report(
      Found into, AnswerCounts[] stretches, AnswerCounts all, ResidentMemory memory, double rate) {
    double end = settings.soakSeconds();
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < STRETCHES; i++) {
      double from = end * i / STRETCHES;
      double to = end * (i + 1) / STRETCHES;
      Map<String, Double> figures = stretches[i].figures();
      figures.put("seconds", (from + to) / 2);
      figures.put("residentMib", memory.mean(from, to));
      rows.add(new Row(String.format(Locale.ROOT, "to %.3g s", to), figures));
    }
    double first = memory.mean(0, end / 4);
    double last = memory.mean(end * 3 / 4, end);
    List<Sample> samples = memory.samples(0, end);
    Map<String, Double> whole = all.figures();
    whole.put("residentMib", memory.mean(0, end));
    whole.put("requestsPerSecond", rate);
    whole.put("swaps", (double) swaps);
    whole.put("failedSwaps", (double) failedSwaps);
    whole.put("firstQuarterMib", first);
    whole.put("lastQuarterMib", last);
    whole.put(
        "mibPerMinute",
        60
            * LatencyFigures.slope(
                samples.stream().mapToDouble(Sample::seconds).toArray(),
                samples.stream().mapToDouble(Sample::mib).toArray()));
    rows.add(new Row("all", whole));
    into.section(
        "soak",
        "%.0f s of streams of %s + %s tokens at twice the capacity, %d rows, %d may wait"
            .formatted(
                end, settings.prompts(), settings.outputs(), settings.batch(), queue(settings)),
        rows);
    into.atMost("accepted requests that were not answered", (double) all.broken(), 0);
    into.atMost("refusals that say not when to come back", (double) all.withoutHint(), 0);
    into.atLeast("swaps during the soak", swaps, SWAPS);
    into.atMost("failed swaps during the soak", failedSwaps, 0);
    into.atMost("resident memory, last quarter to first", last / first, 1.02);
  }
}
