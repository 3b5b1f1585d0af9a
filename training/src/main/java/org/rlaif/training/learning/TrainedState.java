package org.rlaif.training.learning;

import java.nio.file.Path;
import java.util.Map;
import org.rlaif.model.Safetensors;
import org.rlaif.torch.Optimizer;
import org.rlaif.torch.Trainable;

/** What is trained and its optimizer's moments, in a folder and back, bit by bit. */
public final class TrainedState {
  private static final String WEIGHTS = "weights.safetensors";
  private static final String MOMENTS = "moments.safetensors";

  private TrainedState() {}

  public static void save(Trainable trained, Optimizer optimizer, Path folder) {
    Safetensors.write(folder.resolve(WEIGHTS), trained.trainedWeights(), Map.of());
    optimizer.save(folder.resolve(MOMENTS));
  }

  /** Into what was begun in the same way. */
  public static void load(Trainable trained, Optimizer optimizer, Path folder) {
    trained.loadTrained(Safetensors.map(folder.resolve(WEIGHTS)));
    optimizer.load(folder.resolve(MOMENTS));
  }
}
