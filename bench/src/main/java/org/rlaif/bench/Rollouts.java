package org.rlaif.bench;

import org.rlaif.serving.engine.BareLoop;
import org.rlaif.serving.engine.BareLoop.Timing;
import org.rlaif.serving.engine.PolicyEngine;

/** A batch of rollouts, as PPO asks for them, against a static batch on the bare loop. */
record Rollouts(Settings settings, PolicyEngine engine) {
  void measure(Found into) throws InterruptedException {
    int batch = settings.batch();
    int samples = settings.samples();
    String several = "engine, " + samples + " per prompt";
    var found = new Repeats();
    try (var bare = new BareLoop(engine, batch)) {
      for (int repeat = 0; repeat < settings.repeats(); repeat++) {
        Workload work = equal(batch, 2L * repeat);
        Timing timing = bare.run(work.prompts(), work.longest());
        double fixed =
            work.newTokens() / LatencyFigures.seconds(timing.prefillNanos() + timing.decodeNanos());
        put(found, "static batch, bare loop", fixed, fixed);
        put(found, "engine", rate(work, 1), fixed);
        put(found, several, rate(equal(batch / samples, 2L * repeat + 1), samples), fixed);
      }
    }
    into.section(
        "rollouts",
        "%d rollouts of %d + %d tokens"
            .formatted(batch, settings.rolloutPrompt(), settings.rolloutOutput()),
        found.rows());
    into.atLeast("rollouts against a static batch", found.median("engine", "toStatic"), 1.0);
    into.atLeast(
        "rollouts, " + samples + " per prompt, against a static batch",
        found.median(several, "toStatic"),
        1.8);
  }

  private void put(Repeats found, String row, double rate, double fixed) {
    found.put(row, "rolloutsPerSecond", rate / settings.rolloutOutput());
    found.put(row, LatencyFigures.RATE, rate);
    found.put(row, "toStatic", rate / fixed);
  }

  private Workload equal(int requests, long use) {
    return Workload.equal(
        engine.config(),
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
}
