package org.rlaif.serving.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.rlaif.model.DecoderConfig;
import org.rlaif.serving.engine.PolicyEngine;
import org.rlaif.serving.engine.RewardEngine;

/**
 * What is measured: a model of a server and, if that runs in this process, its engine.
 *
 * @param network over loopback or a network
 * @param inProcess the same server without a network; null: it is elsewhere
 * @param engine null: it is elsewhere
 * @param reward a reward model of the same shape; null: there is none here
 */
record Bench(
    Settings settings,
    DecoderConfig config,
    Caller network,
    @Nullable Caller inProcess,
    @Nullable PolicyEngine engine,
    @Nullable RewardEngine reward) {
  /** What was found. */
  record Found(List<Section> sections, List<Target> targets) {}

  /** One part of it. */
  private interface Part {
    void measure(Found found) throws InterruptedException;
  }

  /** Measures what was asked for; {@code said} hears the name of each part. */
  Found measure(Consumer<String> said) throws InterruptedException {
    settings.fit(config.contextLength());
    var found = new Found(new ArrayList<>(), new ArrayList<>());
    PolicyEngine here = engine;
    if (here != null) { // the just-in-time compiler's turn
      EngineRun.whole(
          here,
          equal(config, settings.batch(), settings.mixedPrompt(), 8, settings.seed(), -2),
          1,
          settings.temperature());
    }
    if (settings.wants("layers")) {
      part("layers", new Layers(this)::measure, found, said);
    }
    if (settings.wants("load")) {
      part("load", new Loads(this)::measure, found, said);
    }
    if (settings.wants("scoring")) {
      part("scoring", new Scoring(this)::measure, found, said);
    }
    Caller direct = inProcess;
    if (here == null || direct == null) {
      return found;
    }
    if (settings.wants("rollouts")) {
      part("rollouts", new Rollouts(settings, here)::measure, found, said);
    }
    if (settings.wants("mixed")) {
      part("mixed", new Mixed(settings, here)::measure, found, said);
    }
    if (settings.wants("quantization")) {
      part("quantization", new Quantizations(settings, here)::measure, found, said);
    }
    var steady = new Steady(settings, here);
    if (settings.wants("prefill")) {
      part("prefill", steady::prefill, found, said);
    }
    if (settings.wants("cancel")) {
      part("cancel", new Cancels(settings, here, network)::measure, found, said);
    }
    if (settings.wants("swaps")) {
      part("swaps", new Swaps(settings, here, network, direct)::measure, found, said);
    }
    if (settings.wants(Settings.SOAK)) {
      part("soak", new Soak(settings, here, network, direct)::measure, found, said);
    }
    return found;
  }

  private static void part(String name, Part part, Found found, Consumer<String> said)
      throws InterruptedException {
    said.accept(name);
    part.measure(found);
  }

  /** Requests of equal lengths; each use has a seed of its own. */
  static Workload equal(
      DecoderConfig config, int requests, int prompt, int output, long seed, long use) {
    return Workload.draw(
        config,
        requests,
        new Lengths(prompt, prompt),
        new Lengths(output, output),
        seed * 1_000_003 + use);
  }
}
