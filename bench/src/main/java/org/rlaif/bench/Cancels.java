package org.rlaif.bench;

import io.grpc.Context;
import io.grpc.Context.CancellableContext;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.rlaif.bench.Section.Row;
import org.rlaif.bench.Workload.Asked;
import org.rlaif.serving.engine.PolicyEngine;

/** How soon a slot is free after whoever had it gave up, with all slots taken. */
record Cancels(Settings settings, PolicyEngine engine, Caller caller) {
  /** Longest pause before a sequence is cancelled: so that it hits any part of a decode step. */
  private static final int MOST_PAUSE_MS = 100;

  void measure(Found into) throws InterruptedException {
    Latency free = free();
    Latency next = next();
    List<Row> rows = new ArrayList<>();
    rows.add(new Row("engine, to slot free", figures(free)));
    rows.add(new Row("gRPC, to the next caller's first token", figures(next)));
    into.section(
        "cancel",
        "all slots taken, %d sequences cancelled one by one".formatted(settings.cancels()),
        rows);
    into.atMost("cancel to slot free, p95 ms", free.percentile(95), 100);
  }

  private Latency free() throws InterruptedException {
    var free = new Latency();
    for (int done = 0; done < settings.cancels(); ) {
      EngineRun run = EngineRun.start(engine, fillers(settings.batch()), 1, 1);
      run.awaitAllStarted();
      int count = Math.min(settings.batch() - 1, settings.cancels() - done);
      var asked = new long[count];
      for (int i = 0; i < count; i++) {
        pause(done + i);
        asked[i] = System.nanoTime();
        run.cancel(i);
      }
      run.cancelAll();
      run.await();
      for (int i = 0; i < count; i++) {
        if (run.trace(i).failure() != null) {
          free.record(run.trace(i).ended() - asked[i]);
        }
      }
      done += count;
    }
    return free;
  }

  /** A call that waits gets the slot of the oldest, which is cancelled by its client. */
  private Latency next() throws InterruptedException {
    var next = new Latency();
    Deque<CancellableContext> live = new ArrayDeque<>();
    int number = 0;
    ExecutorService pool = Executors.newCachedThreadPool();
    try {
      for (Asked asked : fillers(settings.batch()).requests()) {
        start(pool, live, asked).awaitFirst();
      }
      for (Asked asked : fillers(settings.cancels()).requests()) {
        Trace waiting = start(pool, live, asked);
        pause(number++);
        long cancelled = System.nanoTime();
        live.remove().cancel(null);
        waiting.awaitFirst();
        if (waiting.tokens() > 0 && waiting.arrival(0) > cancelled) { // else another one had ended
          next.record(waiting.arrival(0) - cancelled);
        }
      }
    } finally {
      live.forEach(context -> context.cancel(null));
      pool.shutdown();
      pool.awaitTermination(10, TimeUnit.SECONDS);
    }
    return next;
  }

  private Trace start(ExecutorService pool, Deque<CancellableContext> live, Asked asked) {
    CancellableContext context = Context.current().withCancellation();
    live.add(context);
    var trace = new Trace(System.nanoTime(), asked.newTokens());
    pool.execute(() -> caller.generate(asked, trace, context));
    return trace;
  }

  private Workload fillers(int count) {
    int room = engine.config().contextLength() - settings.mixedPrompt();
    return settings.rows(engine.config(), count, room, 400);
  }

  /** Another one each time, between nothing and the longest; spread evenly (golden ratio). */
  private static void pause(int number) throws InterruptedException {
    double part = number * 0.6180339887 % 1;
    Thread.sleep((long) (part * MOST_PAUSE_MS));
  }

  private static Map<String, Double> figures(Latency latency) {
    var figures = new LinkedHashMap<String, Double>();
    if (!latency.isEmpty()) {
      latency.into(figures, "cancel");
      figures.put("cancelMsP95", latency.percentile(95));
      figures.put("cancelMsMax", latency.max());
    }
    return figures;
  }
}
