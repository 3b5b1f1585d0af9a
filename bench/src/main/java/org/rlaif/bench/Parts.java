package org.rlaif.bench;

import java.util.function.Consumer;
import org.rlaif.serving.engine.PolicyEngine;

/**
 * The parts of a benchmark, of which those are measured that were asked for.
 *
 * @param said hears the name of each
 */
record Parts(Settings settings, Found found, Consumer<String> said) {
  private interface Part {
    void measure(Found found) throws InterruptedException;
  }

  private void part(String name, Part part) throws InterruptedException {
    if (settings.wants(name)) {
      said.accept(name);
      part.measure(found);
    }
  }

  static Found measure(Bench bench, Consumer<String> said) throws InterruptedException {
    Settings settings = bench.settings();
    settings.fit(bench.config().contextLength());
    var parts = new Parts(settings, new Found(), said);
    PolicyEngine here = bench.engine();
    if (here != null) { // the just-in-time compiler's turn
      Workload rows = settings.rows(bench.config(), settings.batch(), 8, -2);
      EngineRun.whole(here, rows, 1, settings.temperature());
    }
    parts.part("layers", new LayerCosts(bench)::measure);
    parts.part("load", new Loads(bench, settings)::measure);
    parts.part("scoring", new Scoring(bench)::measure);
    Caller direct = bench.inProcess();
    if (here != null && direct != null) {
      parts.inProcess(here, bench.network(), direct);
    }
    return parts.found();
  }

  private void inProcess(PolicyEngine engine, Caller network, Caller direct)
      throws InterruptedException {
    part("rollouts", new Rollouts(settings, engine)::measure);
    part("mixed", new Mixed(settings, engine)::measure);
    part("quantization", new Quantizations(settings, engine)::measure);
    part("prefill", new Steady(settings, engine)::prefill);
    part("cancel", new Cancels(settings, engine, network)::measure);
    part("swaps", new Swaps(settings, engine, network, direct)::measure);
    part(
        Settings.SOAK,
        found -> new Soak(settings, engine, network, direct).measure(found)); // copies weights
  }
}
