package org.rlaif.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.rlaif.bench.Section.Row;

/** Closed loops of growing concurrency, and an open loop, on streams of tokens. */
record Loads(Bench bench, Settings settings) {
  void measure(Found into) throws InterruptedException {
    List<Row> rows = new ArrayList<>();
    int use = 0;
    for (int concurrency : settings.concurrency()) {
      warmUp(concurrency, use);
      List<Trace> traces =
          LoadGenerator.closed(bench.network(), draw(settings.requests(), use++), concurrency);
      rows.add(new Row("closed " + concurrency, LatencyFigures.load(traces)));
    }
    Double rate = settings.rate();
    if (rate != null) {
      warmUp(1, use);
      double[] due = Arrivals.poisson(rate, settings.requests(), settings.seed());
      List<Trace> traces = LoadGenerator.open(bench.network(), draw(settings.requests(), use), due);
      rows.add(
          new Row(String.format(Locale.ROOT, "open %.3g/s", rate), LatencyFigures.load(traces)));
    }
    into.section(
        "load",
        "streams of %s + %s tokens, %d requests a row; closed: so many callers; open: Poisson"
                .formatted(settings.prompts(), settings.outputs(), settings.requests())
            + " arrivals",
        rows);
  }

  private void warmUp(int concurrency, int use) throws InterruptedException {
    if (settings.warmUp() > 0) {
      Failures.throwFirst(
          LoadGenerator.closed(bench.network(), draw(settings.warmUp(), -1 - use), concurrency));
    }
  }

  private Workload draw(int requests, int use) {
    return Workload.draw(
        bench.config(),
        requests,
        settings.prompts(),
        settings.outputs(),
        settings.seed() * 1_000_003 + use);
  }
}
