package org.rlaif.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.rlaif.bench.Section.Row;
import org.rlaif.serving.engine.PolicyEngine;

/** Rows that decode steadily, and what a long prompt does to their pace. */
record Steady(Settings settings, PolicyEngine engine) {
  /** Tokens of the steady rows between two prompts. */
  private static final int BETWEEN = 8;

  /** One slot is left for the prompts; they come one after the other, with pauses between them. */
  void prefill(Found into) throws InterruptedException {
    int others = settings.batch() - 1;
    Workload rows = settings.rows(engine.config(), others, settings.steadyTokens(), 200);
    EngineRun run = EngineRun.start(engine, rows, 1, settings.temperature());
    List<Trace> disturbances = new ArrayList<>();
    run.awaitAllStarted();
    for (int i = 0; run.awaitTokens(BETWEEN); i++) {
      Workload prompt =
          Workload.equal(engine.config(), 1, settings.longPrompt(), 1, settings.seed(), 300 + i);
      disturbances.addAll(EngineRun.start(engine, prompt, 1, settings.temperature()).await());
    }
    List<Trace> traces = run.await();
    Failures.throwFirst(traces);
    long from = LatencyFigures.allStarted(traces);
    long to = LatencyFigures.firstDone(traces);
    var steady = new Latency();
    var disturbed = new Latency();
    Trace row = traces.get(0); // they all decode in step
    for (int token = 1; token < row.tokens(); token++) {
      long begin = row.arrival(token - 1);
      long end = row.arrival(token);
      if (begin >= from && end <= to) {
        boolean hit =
            disturbances.stream().anyMatch(each -> each.sent() < end && each.ended() > begin);
        (hit ? disturbed : steady).record(end - begin);
      }
    }
    var ttft = new Latency();
    disturbances.stream()
        .filter(each -> each.failure() == null && each.ended() <= to)
        .forEach(each -> ttft.record(each.ttft()));
    report(into, steady, disturbed, ttft);
  }

  private void report(Found into, Latency steady, Latency disturbed, Latency ttft) {
    if (steady.isEmpty() || disturbed.isEmpty()) {
      throw new IllegalStateException("too few steady tokens to see a prompt between them");
    }
    double ratio = disturbed.percentile(95) / steady.percentile(95);
    var during = figures(disturbed);
    during.put("toSteady", ratio);
    ttft.into(during, "promptTtft");
    into.section(
        "prefill",
        "gaps between tokens of %d rows, alone and while a prompt of %d tokens is computed"
            .formatted(settings.batch() - 1, settings.longPrompt()),
        List.of(new Row("steady", figures(steady)), new Row("during prefill", during)));
    into.atMost("p95 gap during a long prefill against steady", ratio, 1.5);
  }

  private static Map<String, Double> figures(Latency gaps) {
    var figures = new LinkedHashMap<String, Double>();
    gaps.into(figures, "itl");
    figures.put("itlMsP95", gaps.percentile(95));
    figures.put("itlMsMax", gaps.max());
    return figures;
  }
}
