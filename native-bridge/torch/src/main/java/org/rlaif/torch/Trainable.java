package org.rlaif.torch;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.rlaif.model.Weights;

/** What an {@link Optimizer} moves, and what there is to keep of it to go on another day. */
public sealed interface Trainable permits Network, ActionValues {
  /** How gradients come back through the blocks; null: by what LibTorch has kept. */
  @Nullable Recomputation recomputation();

  /** What is trained, by name, in a fixed order. */
  Map<String, Tensor> parameters();

  /** A copy of all that training changes, parameters among it. */
  Weights trainedWeights();

  /** Writes {@link #trainedWeights} over those of the target. */
  void copyTrainedTo(Weights target);

  /** Takes the numbers of {@link #trainedWeights} in the place of its own. */
  void loadTrained(Weights weights);
}
