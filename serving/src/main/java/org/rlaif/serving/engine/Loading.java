package org.rlaif.serving.engine;

import java.time.Clock;
import org.jspecify.annotations.Nullable;
import org.rlaif.model.DecoderConfig;
import org.rlaif.model.ModelFolder;
import org.rlaif.model.onnx.Quantization;
import org.rlaif.serving.graph.CacheScales;
import org.rlaif.serving.graph.GraphSpec;
import org.rlaif.serving.graph.OnnxRuntime;
import org.rlaif.serving.queue.ModelObserver;
import org.rlaif.serving.queue.Quota;
import org.rlaif.serving.score.Scorer;
import org.rlaif.serving.update.ParityGate;
import org.rlaif.serving.update.QuantizationCheck;
import org.rlaif.serving.update.WeightUpdates;
import org.rlaif.serving.weights.LiveWeights;
import org.rlaif.serving.weights.WeightLayout;

/**
 * What a model is loaded from, and with; makes the parts that every model has.
 *
 * @param memory is taken before anything else is
 * @param observer hears what the model does
 */
record Loading(
    String name,
    ModelFolder folder,
    OnnxRuntime runtime,
    EngineConfig settings,
    LoadingMemory.Share memory,
    Clock clock,
    ModelObserver observer) {
  DecoderConfig config() {
    return folder.config().withContext(settings.context());
  }

  /**
   * Takes the memory; refuses a model for which there is none.
   *
   * @param slots sequences that decode at the same time; 0 for a reward model
   */
  Loaded loaded(Quantization quantization, int slots) {
    memory.take(
        name, MemoryEstimate.of(config(), quantization, slots, settings.scoring().tokens()));
    return Loaded.of(name, folder, config(), quantization, settings.bytesPerToken());
  }

  LiveWeights weights(Quantization quantization, CacheScales scales) {
    return new LiveWeights(
        runtime, new WeightLayout(config(), quantization), scales, folder.weights());
  }

  /** Of sequences that wait. */
  Quota quota() {
    return new Quota(name, settings.queue());
  }

  Scorer scorer(GraphSpec graph, LiveWeights weights) {
    return new Scorer(graph, weights, settings.scoring(), quota(), observer::broken);
  }

  /**
   * @param check of a model that serves quantised; null: it serves in fp32
   */
  WeightUpdates updates(LiveWeights weights, ParityGate gate, @Nullable QuantizationCheck check) {
    return new WeightUpdates(name, weights, folder.base().weights(), gate, check, clock, observer);
  }
}
