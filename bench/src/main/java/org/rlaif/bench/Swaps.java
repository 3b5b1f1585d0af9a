package org.rlaif.bench;

import io.grpc.StatusRuntimeException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.rlaif.bench.Section.Row;
import org.rlaif.serving.engine.PolicyEngine;

/**
 * All weights are published again and again while streams are under way: what the streams notice.
 *
 * @param streams asks for tokens
 * @param publisher hands over weights, in the same process
 */
record Swaps(Settings settings, PolicyEngine engine, Caller streams, Caller publisher) {
  void measure(Found into) throws InterruptedException {
    var weights = new Publisher(engine, publisher, settings.seed());
    ExecutorService pool = Executors.newSingleThreadExecutor();
    try {
      // The first time for nothing: what Java compiles meanwhile would count as pauses.
      Future<List<Trace>> first = pool.submit(() -> streams(400));
      swapUntil(first, weights);
      first.get();
      List<Trace> alone = streams(500);
      Future<List<Trace>> under = pool.submit(() -> streams(600));
      Published published = swapUntil(under, weights);
      report(into, alone, under.get(), published);
    } catch (ExecutionException e) {
      throw new IllegalStateException("the streams failed: " + e.getCause(), e.getCause());
    } finally {
      pool.shutdownNow();
    }
  }

  /** What became of the swaps, and how long those took that did not fail. */
  private record Published(int count, int failed, Latency times) {}

  /** At least one, until the streams have ended. */
  private Published swapUntil(Future<List<Trace>> streams, Publisher weights)
      throws InterruptedException {
    var times = new Latency();
    int count = 0;
    int failed = 0;
    do {
      TimeUnit.NANOSECONDS.sleep((long) (settings.swapSeconds() * 1e9));
      long start = System.nanoTime();
      try {
        weights.publish();
        times.record(System.nanoTime() - start);
      } catch (StatusRuntimeException e) {
        failed++;
      }
      count++;
    } while (!streams.isDone());
    return new Published(count, failed, times);
  }

  private List<Trace> streams(long use) throws InterruptedException {
    int batch = settings.batch();
    Workload rows = settings.rows(engine.config(), batch, settings.steadyTokens(), use);
    return LoadGenerator.closed(streams, rows, batch);
  }

  private void report(Found into, List<Trace> alone, List<Trace> under, Published published) {
    Failures.throwFirst(alone);
    Failures.throwFirst(under.stream().filter(trace -> trace.tokens() == 0).toList());
    var usual = new UsualGaps(alone);
    Latency excess = usual.excess(under);
    var quiet = figures(alone, usual.excess(alone));
    var swapped = figures(under, excess);
    swapped.put("swaps", (double) published.count());
    swapped.put("failedSwaps", (double) published.failed());
    double lost = published.failed() + swapped.getOrDefault("failed", 0.0);
    published.times().into(swapped, "swap");
    into.section(
        "swaps",
        "%d streams of %d tokens; all weights published again every %s s"
            .formatted(settings.batch(), settings.steadyTokens(), settings.swapSeconds()),
        List.of(new Row("without", quiet), new Row("with swaps", swapped)));
    into.atMost("failed requests and swaps during swaps", lost, 0);
    into.atMost("longest pause beyond a decode step during swaps, ms", excess.max(), 50);
  }

  private static Map<String, Double> figures(List<Trace> traces, Latency excess) {
    var figures = new LinkedHashMap<String, Double>();
    long failed = traces.stream().filter(trace -> trace.failure() != null).count();
    figures.put("failed", (double) failed);
    figures.put("tokensPerSecond", LatencyFigures.tokensPerSecond(traces));
    LatencyFigures.gaps(traces, LatencyFigures.allStarted(traces), LatencyFigures.firstDone(traces))
        .into(figures, "itl");
    excess.into(figures, "excess");
    figures.put("excessMsMax", excess.max());
    return figures;
  }
}
