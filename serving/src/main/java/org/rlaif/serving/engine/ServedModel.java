package org.rlaif.serving.engine;

import java.nio.file.Path;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.rlaif.model.DecoderConfig;
import org.rlaif.model.onnx.Quantization;
import org.rlaif.model.text.Tokenizer;
import org.rlaif.serving.graph.GraphSpec;
import org.rlaif.serving.queue.Refusal;
import org.rlaif.serving.score.Scorer;
import org.rlaif.serving.score.ScoringCounts;
import org.rlaif.serving.update.WeightUpdates;
import org.rlaif.serving.weights.LiveWeights;
import org.rlaif.serving.weights.LiveWeights.Lease;

/** A model folder in service: what a policy and a reward model have in common. */
public abstract sealed class ServedModel permits PolicyEngine, RewardEngine {
  /** What it consists of. */
  record Parts(Loaded loaded, LiveWeights weights, Scorer scorer, WeightUpdates updates) {}

  private final Parts parts;

  ServedModel(Parts parts) {
    this.parts = parts;
  }

  public final Loaded loaded() {
    return parts.loaded();
  }

  public final String name() {
    return loaded().name();
  }

  public final Path folder() {
    return loaded().folder();
  }

  public final DecoderConfig config() {
    return loaded().config();
  }

  public final Tokenizer tokenizer() {
    return loaded().tokenizer();
  }

  public final Quantization quantization() {
    return loaded().quantization();
  }

  /** 1 for the weights of the folder; one more after every update. */
  public final long weightsVersion() {
    return parts.weights().version();
  }

  /**
   * Waits until weights of this version serve, or later ones; a {@link Refusal} after that long.
   */
  public final void awaitWeights(long minimum, Duration patience, BooleanSupplier cancelled) {
    parts.weights().await(name(), minimum, patience, cancelled);
  }

  /** Where its weights are replaced. */
  public final WeightUpdates updates() {
    return parts.updates();
  }

  /** What became of completions that were to be scored, or told the log-probabilities of. */
  public final ScoringCounts scoring() {
    return parts.scorer().counts();
  }

  final Scorer scorer() {
    return parts.scorer();
  }

  /** What runs. */
  final GraphSpec graph() {
    return parts.scorer().graph();
  }

  /** The weights that serve now. */
  final Lease lease() {
    return parts.weights().lease();
  }

  /** What it takes. */
  public abstract Footprint footprint();

  /** Fails whoever waits for what will not come any more: to be resumed, or new weights. */
  public void stopWaiting() {
    parts.weights().stopWaiting();
  }

  /** Takes nothing new, gives what is under way that much time, then fails the rest. */
  public void close(Duration patience) {
    parts.weights().stopWaiting();
    parts.updates().close();
    parts.scorer().close(patience);
    closeRest();
    parts.weights().close();
  }

  /** What else uses the weights. */
  void closeRest() {}
}
