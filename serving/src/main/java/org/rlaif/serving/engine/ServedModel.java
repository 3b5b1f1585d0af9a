package org.rlaif.serving.engine;

import java.nio.file.Path;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.rlaif.model.DecoderConfig;
import org.rlaif.model.onnx.Quantization;
import org.rlaif.model.text.Tokenizer;
import org.rlaif.serving.queue.PauseMode;
import org.rlaif.serving.queue.Refusal;
import org.rlaif.serving.score.ScoringCounts;
import org.rlaif.serving.update.QuantizationLoss;
import org.rlaif.serving.update.WeightUpdates;

/** A model folder in service. */
public sealed interface ServedModel permits PolicyEngine, RewardEngine {
  Loaded loaded();

  default String name() {
    return loaded().name();
  }

  default Path folder() {
    return loaded().folder();
  }

  default DecoderConfig config() {
    return loaded().config();
  }

  default Tokenizer tokenizer() {
    return loaded().tokenizer();
  }

  default Quantization quantization() {
    return loaded().quantization();
  }

  /** 1 for the weights of the folder; one more after every update. */
  long weightsVersion();

  /**
   * Waits until weights of this version serve, or later ones; a {@link Refusal} after that long.
   */
  void awaitWeights(long minimum, Duration patience, BooleanSupplier cancelled);

  /** Where its weights are replaced. */
  WeightUpdates updates();

  /** What the weights that serve lose by being quantised; null: they are not. */
  default @Nullable QuantizationLoss quantizationLoss() {
    return null;
  }

  /** What it takes. */
  default Footprint footprint() {
    return Footprint.of(config(), quantization(), slots());
  }

  /** Sequences that decode at the same time; 0 for a reward model. */
  default int slots() {
    return 0;
  }

  /** Sequences that are sampled now; 0 for a reward model. */
  default int liveSequences() {
    return 0;
  }

  /** Tokens that the slots of live sequences hold; 0 for a reward model. */
  default int cachedTokens() {
    return 0;
  }

  /** Sequences that wait for a slot; 0 for a reward model. */
  default int waitingSequences() {
    return 0;
  }

  /** What became of completions that were to be scored, or told the log-probabilities of. */
  ScoringCounts scoring();

  /** Null: it is not paused. */
  default @Nullable PauseMode paused() {
    return null;
  }

  /** Fails whoever waits for what will not come any more: to be resumed, or new weights. */
  void stopWaiting();

  /** Takes nothing new, gives what is under way that much time, then fails the rest. */
  void close(Duration patience);
}
