package org.rlaif.serving.update;

import java.util.List;
import org.rlaif.model.DecoderConfig;
import org.rlaif.model.Lora;
import org.rlaif.model.TensorSpec;
import org.rlaif.model.Weights;
import org.rlaif.serving.weights.WeightArena;
import org.rlaif.serving.weights.WeightLayout;

/**
 * An update that brings an adapter alone. Its tensors arrive in memory of their own; the new
 * weights are those of the model's folder, read from the mapped file, with what the adapter adds.
 */
final class AdapterUpdate {
  private final Lora lora;
  private final DecoderConfig config;
  private final Weights base;
  private final List<TensorSpec> specs;
  private final WeightArena arrivals;

  /**
   * @param base the weights that the adapter is for, of the same trunk
   */
  AdapterUpdate(Lora lora, WeightLayout layout, Weights base) {
    this.lora = lora;
    this.config = layout.config();
    this.base = base;
    this.specs = lora.parameters(config);
    this.arrivals = new WeightArena(layout, specs);
  }

  /** Where its tensors arrive. */
  WeightArena arrivals() {
    return arrivals;
  }

  /** Writes the new weights, as if they had been pushed. */
  void fill(WeightArena arena) {
    Weights factors = Weights.allocate(specs);
    for (TensorSpec spec : specs) {
      factors.get(spec.name()).put(arrivals.floats(spec.name()));
    }
    Weights merged = lora.over(base, config, factors);
    for (TensorSpec spec : config.parameters()) {
      merged.copyTo(spec.name(), arena.floats(spec.name()));
    }
  }
}
