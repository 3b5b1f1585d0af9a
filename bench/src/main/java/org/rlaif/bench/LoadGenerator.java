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
import java.util.function.IntConsumer;
import org.rlaif.bench.Workload.Asked;

/** Asks a server, in one of two manners; a thread per open request. */
final class LoadGenerator {
  private LoadGenerator() {}

  /** Closed loop: so many callers, each of which asks again when it has its answer. */
  static List<Trace> closed(Caller caller, Workload workload, int concurrency)
      throws InterruptedException {
    List<Asked> requests = workload.requests();
    var traces = new Trace[requests.size()];
    closed(
        concurrency,
        traces.length,
        i -> {
          traces[i] = new Trace(System.nanoTime(), requests.get(i).newTokens());
          caller.generate(requests.get(i), traces[i]);
        });
    return List.of(traces);
  }

  /**
   * The same for any calls.
   *
   * @param call makes the one of that number, on one of many threads
   */
  static void closed(int callers, int calls, IntConsumer call) throws InterruptedException {
    var next = new AtomicInteger();
    Runnable caller =
        () -> {
          for (int i = next.getAndIncrement(); i < calls; i = next.getAndIncrement()) {
            call.accept(i);
          }
        };
    await(pool -> Collections.nCopies(callers, caller).stream().map(pool::submit).toList());
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
    await(
        pool -> {
          List<Future<?>> calls = new ArrayList<>();
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
                    }));
          }
          return calls;
        });
  }

  /** Starts calls. */
  private interface Start {
    List<? extends Future<?>> start(ExecutorService pool) throws InterruptedException;
  }

  private static void await(Start start) throws InterruptedException {
    ExecutorService pool = Executors.newCachedThreadPool();
    try {
      for (Future<?> call : start.start(pool)) {
        call.get();
      }
    } catch (ExecutionException e) {
      throw Failures.of("a caller", e.getCause());
    } finally {
      pool.shutdownNow();
    }
  }
}
