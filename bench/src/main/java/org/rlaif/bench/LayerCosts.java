package org.rlaif.bench;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.rlaif.serving.engine.BareLoop;
import org.rlaif.serving.engine.BareLoop.Timing;
import org.rlaif.serving.engine.PolicyEngine;

/**
 * The same batch of equal requests through one layer after the other, all of them in turn in every
 * repeat: what a layer costs is the ratio to the one below.
 */
final class LayerCosts {
  private static final String BARE = "bare loop";
  private static final String GREEDY = "engine, greedy";
  private static final String ENGINE = "engine";
  private static final String ROLLOUT = "rollout, gRPC";
  private static final String NEAR = "rollout, in process";
  private static final String STREAMS = "streams, gRPC";

  private final Bench bench;
  private final Settings settings;

  private final Repeats found = new Repeats();

  LayerCosts(Bench bench) {
    this.bench = bench;
    this.settings = bench.settings();
  }

  void measure(Found into) throws InterruptedException {
    int warm = Math.min(8, settings.rolloutOutput());
    PolicyEngine engine = bench.engine();
    try (BareLoop bare = engine == null ? null : new BareLoop(engine, settings.batch())) {
      round(bare, equal(warm, -1));
      found.clear();
      for (int repeat = 0; repeat < settings.repeats(); repeat++) {
        round(bare, equal(settings.rolloutOutput(), repeat));
      }
    }
    into.section(
        "layers",
        "%d requests of %d + %d tokens at once, through every layer"
            .formatted(settings.batch(), settings.mixedPrompt(), settings.rolloutOutput()),
        found.rows());
    if (engine != null) {
      into.atLeast(
          "engine's decoding against the bare loop's", found.median(ENGINE, "decodeToBare"), 0.92);
      into.atLeast(
          "rollout call over gRPC against the engine", found.median(ROLLOUT, "toEngine"), 0.95);
    }
  }

  private Workload equal(int output, int repeat) {
    return settings.rows(bench.config(), settings.batch(), output, repeat);
  }

  private void round(@Nullable BareLoop bare, Workload work) throws InterruptedException {
    PolicyEngine engine = bench.engine();
    double bareDecode = Double.NaN;
    double whole = Double.NaN;
    if (engine != null && bare != null) {
      Timing timing = bare.run(work.prompts(), work.longest());
      double seconds = LatencyFigures.seconds(timing.prefillNanos() + timing.decodeNanos());
      bareDecode =
          timing.steps() * work.requests().size() / LatencyFigures.seconds(timing.decodeNanos());
      found.put(BARE, "decodeTokensPerSecond", bareDecode);
      found.put(BARE, "tokensPerSecond", work.newTokens() / seconds);
      decode(GREEDY, EngineRun.whole(engine, work, 1, 0), bareDecode);
      List<Trace> traces = EngineRun.whole(engine, work, 1, settings.temperature());
      decode(ENGINE, traces, bareDecode);
      whole = LatencyFigures.tokensPerSecond(traces);
    }
    over(ROLLOUT, bench.network().rollout(work, 1), whole);
    Caller near = bench.inProcess();
    if (near != null) {
      over(NEAR, near.rollout(work, 1), whole);
    }
    List<Trace> streams = LoadGenerator.closed(bench.network(), work, settings.batch());
    Failures.throwFirst(streams);
    over(STREAMS, streams, whole);
  }

  private void decode(String layer, List<Trace> traces, double bareDecode) {
    double decode = LatencyFigures.decodeTokensPerSecond(traces);
    found.put(layer, "decodeTokensPerSecond", decode);
    found.put(layer, "tokensPerSecond", LatencyFigures.tokensPerSecond(traces));
    found.put(layer, "decodeToBare", decode / bareDecode);
  }

  private void over(String layer, List<Trace> traces, double engine) {
    double rate = LatencyFigures.tokensPerSecond(traces);
    found.put(layer, "tokensPerSecond", rate);
    found.put(layer, "rolloutsPerSecond", traces.size() / LatencyFigures.wallSeconds(traces));
    if (!Double.isNaN(engine)) {
      found.put(layer, "toEngine", rate / engine);
    }
  }
}
