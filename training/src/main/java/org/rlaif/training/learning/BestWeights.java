package org.rlaif.training.learning;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.rlaif.model.Safetensors;
import org.rlaif.model.TensorSpec;
import org.rlaif.model.Weights;
import org.rlaif.torch.Trainable;

/**
 * The weights that did best so far, in memory beside those that are trained. They are taken when
 * somebody begins to measure them, and what they are worth may be known only when they have moved
 * on. Of two that are worth the same the first one stays.
 */
public final class BestWeights {
  private final Trainable trained;
  private final boolean wanted;

  /** Taken, and not yet measured. */
  private final Deque<Weights> taken = new ArrayDeque<>();

  /** Memory that nobody uses. */
  private final Deque<Weights> spare = new ArrayDeque<>();

  private @Nullable Best best;
  private @Nullable Weights weights;

  /**
   * Which ones they are.
   *
   * @param at number of the measurement: a step, or an update
   * @param value the higher, the better
   */
  public record Best(int at, double value) {}

  /**
   * @param wanted if not, nothing is kept, and nobody is the best
   */
  public BestWeights(Trainable trained, boolean wanted) {
    this.trained = trained;
    this.wanted = wanted;
  }

  /** The weights as they are now are going to be measured. */
  public void take() {
    if (wanted) {
      Weights into = spare.poll();
      if (into == null) {
        into = trained.trainedWeights();
      } else {
        trained.copyTrainedTo(into);
      }
      taken.add(into);
    }
  }

  /** What those are worth that were taken first of all that are not yet measured. */
  public void measured(int at, double value) {
    if (!wanted) {
      return;
    }
    Weights candidate = taken.remove();
    if (best == null || value > best.value()) {
      if (weights != null) {
        spare.add(weights);
      }
      weights = candidate;
      best = new Best(at, value);
    } else {
      spare.add(candidate);
    }
  }

  /** Null while nothing is measured, or wanted. */
  public @Nullable Best best() {
    return best;
  }

  /** Puts the best weights in the place of those that are trained, if there are any. */
  public void bringBack() {
    if (weights != null) {
      trained.loadTrained(weights);
    }
  }

  /** Writes what is kept into a checkpoint's folder. */
  public void save(Path folder) {
    if (weights != null) {
      Safetensors.write(best(folder), weights, Map.of());
    }
    int number = 0;
    for (Weights each : taken) {
      Safetensors.write(taken(folder, number++), each, Map.of());
    }
  }

  /**
   * Goes on with what was saved.
   *
   * @param saved {@link #best} as it was then
   */
  public void restore(@Nullable Best saved, Path folder) {
    best = saved;
    weights = saved == null ? null : read(best(folder));
    for (int number = 0; Files.exists(taken(folder, number)); number++) {
      taken.add(read(taken(folder, number)));
    }
  }

  /** A copy: the checkpoint will not stay. */
  private static Weights read(Path file) {
    Weights mapped = Safetensors.map(file);
    Weights copy = Weights.allocate(mapped.specs());
    for (TensorSpec spec : mapped.specs()) {
      mapped.copyTo(spec.name(), copy.get(spec.name()));
    }
    return copy;
  }

  private static Path best(Path folder) {
    return folder.resolve("best.safetensors");
  }

  private static Path taken(Path folder, int number) {
    return folder.resolve("taken-" + number + ".safetensors");
  }
}
