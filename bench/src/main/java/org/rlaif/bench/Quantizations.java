package org.rlaif.bench;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.rlaif.bench.Section.Row;
import org.rlaif.model.onnx.Precision;
import org.rlaif.model.onnx.Quantization;
import org.rlaif.serving.engine.BareLoop;
import org.rlaif.serving.engine.BareLoop.Timing;
import org.rlaif.serving.engine.EngineConfig;
import org.rlaif.serving.engine.Models;
import org.rlaif.serving.engine.PolicyEngine;
import org.rlaif.serving.queue.ModelObserver;
import org.rlaif.serving.update.QuantizationLoss;

/**
 * One model kept in several ways: what each takes, what it loses, and how fast the bare loop
 * decodes with it, in turn with fp32 in every repeat.
 *
 * @param original whose folder is loaded in every way
 */
record Quantizations(Settings settings, PolicyEngine original) {
  private static final List<Quantization> WAYS =
      List.of(
          new Quantization(Precision.FP32, Precision.INT8),
          new Quantization(Precision.INT8, Precision.FP32),
          new Quantization(Precision.INT8, Precision.INT8),
          new Quantization(Precision.INT4, Precision.FP32),
          new Quantization(Precision.INT4, Precision.INT8));

  void measure(Found into) {
    var config = new EngineConfig(1, original.compute(), 1);
    List<Row> rows = new ArrayList<>();
    try (var models = new Models(config, Clock.systemUTC(), name -> ModelObserver.NONE)) {
      PolicyEngine exact = load(models, Quantization.NONE);
      rows.add(new Row(exact.quantization().label(), taken(exact)));
      for (Quantization way : WAYS) {
        PolicyEngine engine = load(models, way); // one beside fp32: memory is limited
        Map<String, Double> figures = taken(engine);
        settings.concurrency().forEach(batch -> compare(exact, engine, batch, figures));
        rows.add(new Row(way.label(), figures));
        models.unload(engine.name(), Duration.ZERO);
      }
    }
    into.section(
        "quantization",
        "bare loop with so many rows of %d + %d tokens"
            .formatted(settings.mixedPrompt(), settings.rolloutOutput()),
        rows);
  }

  private PolicyEngine load(Models models, Quantization way) {
    String name = way.weights().label() + "-" + way.kvCache().label();
    models.load(name, original.folder(), way.weights(), way.kvCache());
    return models.policy(name);
  }

  private static Map<String, Double> taken(PolicyEngine engine) {
    var figures = new LinkedHashMap<String, Double>();
    figures.put("weightsMib", engine.footprint().weights() / 0x1p20);
    figures.put("slotMib", engine.footprint().kvCache() / 0x1p20 / (engine.slots() + 1));
    QuantizationLoss loss = engine.quantizationLoss();
    if (loss != null) {
      figures.put("meanAbsDifference", loss.meanAbsDifference());
      figures.put("maxAbsDifference", loss.maxAbsDifference());
      figures.put("klMillinats", 1000 * loss.kl());
    }
    return figures;
  }

  private void compare(
      PolicyEngine exact, PolicyEngine engine, int batch, Map<String, Double> figures) {
    var rates = new double[settings.repeats()];
    var exactRates = new double[rates.length];
    var ratios = new double[rates.length];
    rate(exact, batch, -1); // not counted
    rate(engine, batch, -1);
    for (int repeat = 0; repeat < rates.length; repeat++) {
      exactRates[repeat] = rate(exact, batch, repeat);
      rates[repeat] = rate(engine, batch, repeat);
      ratios[repeat] = rates[repeat] / exactRates[repeat];
    }
    figures.put("fp32At" + batch, LatencyFigures.median(exactRates));
    figures.put("decodeAt" + batch, LatencyFigures.median(rates));
    figures.put("toFp32At" + batch, LatencyFigures.median(ratios));
  }

  /** Tokens per second while all rows decode. */
  private double rate(PolicyEngine engine, int batch, int repeat) {
    Workload work = settings.rows(original.config(), batch, settings.rolloutOutput(), repeat);
    int tokens = settings.mixedPrompt() + settings.rolloutOutput();
    try (var loop = new BareLoop(engine, batch, tokens)) {
      Timing timing = loop.run(work.prompts(), work.longest());
      return timing.steps() * batch / LatencyFigures.seconds(timing.decodeNanos());
    }
  }
}
