package org.rlaif.bench;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.rlaif.bench.Workload.Asked;

/** Asks for streams of tokens, in one of two manners; a thread per open request. */
final class LoadGenerator {
  private LoadGenerator() {}

  /** Closed loop: so many callers, each of which asks again when it has its answer. */
  static List<Trace> closed(Caller caller, Workload workload, int concurrency)
      throws InterruptedException {
    List<Asked> requests = workload.requests();
    var next = new AtomicInteger();
    return gather(
        concurrency,
        pool -> {
          List<Future<List<Trace>>> callers = new ArrayList<>();
          for (int i = 0; i < Math.min(concurrency, requests.size()); i++) {
            callers.add(pool.submit(() -> askOn(caller, requests, next)));
          }
          return callers;
        });
  }

  private static List<Trace> askOn(Caller caller, List<Asked> requests, AtomicInteger next) {
    List<Trace> traces = new ArrayList<>();
    for (int i = next.getAndIncrement(); i < requests.size(); i = next.getAndIncrement()) {
      Asked asked = requests.get(i);
      var trace = new Trace(System.nanoTime(), asked.newTokens());
      caller.generate(asked, trace);
      traces.add(trace);
    }
    return traces;
  }

  /**
   * Open loop: requests are sent when they are due, however many are open. Times count from when a
   * request was due, so a generator that falls behind does not flatter the server.
   *
   * @param due seconds after the start, one for each request
   */
  static List<Trace> open(Caller caller, Workload workload, double[] due)
      throws InterruptedException {
    List<Trace> traces = Collections.synchronizedList(new ArrayList<>());
    open(caller, workload, due, traces::add);
    return traces;
  }

  /**
   * The same for a listener that hears of each request's end, on many threads.
   *
   * @param workload begins anew if more are due
   */
  static void open(Caller caller, Workload workload, double[] due, Consumer<Trace> ended)
      throws InterruptedException {
    List<Asked> requests = workload.requests();
    gather(
        Integer.MAX_VALUE,
        pool -> {
          List<Future<List<Trace>>> calls = new ArrayList<>();
          long start = System.nanoTime();
          for (int i = 0; i < due.length; i++) {
            Asked asked = requests.get(i % requests.size());
            long at = start + (long) (due[i] * 1e9);
            TimeUnit.NANOSECONDS.sleep(at - System.nanoTime());
            calls.add(
                pool.submit(
                    () -> {
                      var trace = new Trace(at, asked.newTokens());
                      caller.generate(asked, trace);
                      ended.accept(trace);
                      return List.of();
                    }));
          }
          return calls;
        });
  }

  /** Starts calls. */
  private interface Start {
    List<Future<List<Trace>>> start(ExecutorService pool) throws InterruptedException;
  }

  private static List<Trace> gather(int threads, Start start) throws InterruptedException {
    ExecutorService pool =
        threads == Integer.MAX_VALUE
            ? Executors.newCachedThreadPool()
            : Executors.newFixedThreadPool(threads);
    try {
      List<Trace> traces = new ArrayList<>();
      for (Future<List<Trace>> call : start.start(pool)) {
        traces.addAll(call.get());
      }
      return traces;
    } catch (ExecutionException e) {
      throw new IllegalStateException("a caller failed: " + e.getCause(), e.getCause());
    } finally {
      pool.shutdownNow();
    }
  }
}
