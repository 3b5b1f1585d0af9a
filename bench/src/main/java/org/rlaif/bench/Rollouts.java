package org.rlaif.bench;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.rlaif.bench.Section.Row;
import org.rlaif.model.DecoderConfig;
import org.rlaif.serving.engine.BareLoop;
import org.rlaif.serving.engine.BareLoop.Timing;
import org.rlaif.serving.engine.PolicyEngine;

/** A batch of rollouts, as PPO asks for them, against a static batch on the bare loop. */
record Rollouts(Settings settings, PolicyEngine engine) {
  void measure(Found into) throws InterruptedException {
    int batch = settings.batch();
    int repeats = settings.repeats();
    var fixed = new double[repeats];
    var single = new double[repeats];
    var several = new double[repeats];
    try (var bare = new BareLoop(engine, batch)) {
      for (int repeat = 0; repeat < repeats; repeat++) {
        Workload work = equal(batch, 2L * repeat);
        Timing timing = bare.run(work.prompts(), work.longest());
        fixed[repeat] =
            work.newTokens() / LatencyFigures.seconds(timing.prefillNanos() + timing.decodeNanos());
        single[repeat] = rate(work, 1);
        several[repeat] =
            rate(equal(batch / settings.samples(), 2L * repeat + 1), settings.samples());
      }
    }
    double once = ratio(single, fixed);
    double shared = ratio(several, fixed);
    into.section(
        "rollouts",
        "%d rollouts of %d + %d tokens"
            .formatted(batch, settings.rolloutPrompt(), settings.rolloutOutput()),
        List.of(
            new Row("static batch, bare loop", figures(fixed, 1)),
            new Row("engine", figures(single, once)),
            new Row("engine, " + settings.samples() + " per prompt", figures(several, shared))));
    into.atLeast("rollouts against a static batch", once, 1.0);
    into.atLeast(
        "rollouts, " + settings.samples() + " per prompt, against a static batch", shared, 1.8);
  }

  private Workload equal(int requests, long use) {
    DecoderConfig config = engine.config();
    return Workload.equal(
        config,
        requests,
        settings.rolloutPrompt(),
        settings.rolloutOutput(),
        settings.seed(),
        100 + use);
  }

  private double rate(Workload work, int samples) throws InterruptedException {
    return LatencyFigures.tokensPerSecond(
        EngineRun.whole(engine, work, samples, settings.temperature()));
  }

  /** Of runs that took turns. */
  private static double ratio(double[] rates, double[] base) {
    var ratios = new double[base.length];
    for (int i = 0; i < ratios.length; i++) {
      ratios[i] = rates[i] / base[i];
    }
    return LatencyFigures.median(ratios);
  }

  private Map<String, Double> figures(double[] rates, double toStatic) {
    var figures = new LinkedHashMap<String, Double>();
    figures.put("rolloutsPerSecond", LatencyFigures.median(rates) / settings.rolloutOutput());
    LatencyFigures.putRates(figures, rates);
    figures.put("toStatic", toStatic);
    return figures;
  }
}
