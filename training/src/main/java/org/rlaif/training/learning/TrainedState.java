package org.rlaif.training.learning;

import java.nio.file.Path;
import java.util.Map;
import org.rlaif.model.Safetensors;
import org.rlaif.torch.Network;
import org.rlaif.torch.Optimizer;

/** What is trained of a network and its optimizer's moments, in a folder and back, bit by bit. */
public final class TrainedState {
  private static final String WEIGHTS = "weights.safetensors";
  private static final String MOMENTS = "moments.safetensors";

  private TrainedState() {}

  public static void save(Network network, Optimizer optimizer, Path folder) {
    Safetensors.write(folder.resolve(WEIGHTS), network.trainedWeights(), Map.of());
    optimizer.save(folder.resolve(MOMENTS));
  }

  /** Into a network and an optimizer that were begun in the same way. */
  public static void load(Network network, Optimizer optimizer, Path folder) {
    network.loadTrained(Safetensors.map(folder.resolve(WEIGHTS)));
    optimizer.load(folder.resolve(MOMENTS));
  }
}
