package org.rlaif.bench;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.rlaif.bench.Section.Row;
import org.rlaif.serving.engine.BareLoop;
import org.rlaif.serving.engine.BareLoop.Timing;
import org.rlaif.serving.engine.PolicyEngine;

/** Completions of very different lengths: where static batches wait for their longest row. */
record Mixed(Settings settings, PolicyEngine engine) {
  void measure(Found into) throws InterruptedException {
    Workload work =
        Workload.draw(
            engine.config(),
            settings.mixedRequests(),
            new Lengths(settings.mixedPrompt(), settings.mixedPrompt()),
            settings.mixedOutputs(),
            settings.seed());
    long nanos = 0;
    try (var bare = new BareLoop(engine, settings.batch())) {
      for (Workload batch : work.batches(settings.batch())) {
        Timing timing = bare.run(batch.prompts(), batch.longest());
        nanos += timing.prefillNanos() + timing.decodeNanos();
      }
    }
    List<Trace> traces = EngineRun.whole(engine, work, 1, settings.temperature());
    double fixed = work.newTokens() / LatencyFigures.seconds(nanos);
    double continuous = LatencyFigures.tokensPerSecond(traces);
    into.section(
        "mixed",
        "%d requests of %d + %s tokens, all there at once, %d rows"
            .formatted(
                settings.mixedRequests(),
                settings.mixedPrompt(),
                settings.mixedOutputs(),
                settings.batch()),
        List.of(
            new Row("static batches, bare loop", figures(LatencyFigures.seconds(nanos), fixed, 1)),
            new Row(
                "engine",
                figures(LatencyFigures.wallSeconds(traces), continuous, continuous / fixed))));
    into.atLeast("mixed lengths against static batches", continuous / fixed, 1.6);
  }

  private static Map<String, Double> figures(double seconds, double rate, double toStatic) {
    var figures = new LinkedHashMap<String, Double>();
    figures.put("seconds", seconds);
    figures.put(LatencyFigures.RATE, rate);
    figures.put("toStatic", toStatic);
    return figures;
  }
}
