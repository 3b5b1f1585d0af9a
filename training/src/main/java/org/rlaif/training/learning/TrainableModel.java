package org.rlaif.training.learning;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.rlaif.kit.UserError;
import org.rlaif.model.Adapter;
import org.rlaif.model.Lora;
import org.rlaif.model.ModelFolder;
import org.rlaif.model.ScoreScale;
import org.rlaif.torch.Device;
import org.rlaif.torch.Network;
import org.rlaif.training.config.AdapterConfig;

/**
 * What a job trains of a model folder, and what it leaves: all weights and a model folder, or an
 * adapter and its folder, which is the checkpoint.
 *
 * <p>There is one adapter from the first job to the last. A job that starts from an adapter's
 * folder goes on training this adapter, over the same base, at the same rank; a frozen copy of it
 * is where it started. So no job makes a base of its own, and every adapter can be served or
 * compared on the one that is there.
 */
public final class TrainableModel {
  private TrainableModel() {}

  /**
   * The network of a model folder, in training.
   *
   * @param seed of an adapter that is begun
   */
  public static Network load(ModelFolder start, AdapterConfig config, long seed, Device device) {
    if (!config.wanted()) {
      return Network.load(start.config(), start.weights(), device);
    }
    ModelFolder base = start.base();
    try (Network bare = Network.frozen(base.config(), base.weights(), device)) {
      return over(bare, start, config, seed);
    }
  }

  /** Like {@link #load}; if a network has the same base as its folder, they share it in memory. */
  public static Network beside(
      Network other,
      ModelFolder folder,
      ModelFolder start,
      AdapterConfig config,
      long seed,
      Device device) {
    return config.wanted() && isOver(folder.base(), start)
        ? over(other, start, config, seed)
        : load(start, config, seed, device);
  }

  private static Network over(Network base, ModelFolder start, AdapterConfig config, long seed) {
    Adapter adapter = start.adapter();
    if (adapter == null) {
      return base.withAdapter(config.lora(), start.config().head(), seed);
    }
    checkSame(config.lora(), adapter.lora(), start);
    return base.withAdapter(adapter.lora(), start.config().head(), adapter.weights());
  }

  private static void checkSame(Lora wanted, Lora found, ModelFolder start) {
    UserError.require(
        wanted.rank() == found.rank()
            && wanted.scale() == found.scale()
            && wanted.adapted(start.config()).equals(found.adapted(start.config())),
        "model.adapter",
        wanted,
        "that of " + start.path() + ", " + found + "; or rank 0 to train all weights");
  }

  /** Where a policy started, which stays as it is: its base where an adapter was begun on it. */
  public static Network reference(Network policy, ModelFolder start) {
    if (policy.adapter() == null) {
      return Network.frozen(policy.config(), policy.weights(), policy.device());
    }
    return start.adapter() == null ? policy.withoutAdapter() : policy.copy();
  }

  /**
   * What the networks of some model folders answer as they are, one after the other: those over the
   * same base share it, and of others only one is in memory at a time.
   */
  public static <T> List<T> ask(
      List<ModelFolder> folders, Device device, Function<Network, T> question) {
    var answers = new ArrayList<T>(folders.size());
    for (int i = 0, next; i < folders.size(); i = next) {
      ModelFolder base = folders.get(i).base();
      try (Network bare = Network.frozen(base.config(), base.weights(), device)) {
        for (next = i; next < folders.size() && isOver(base, folders.get(next)); next++) {
          try (Network network = asItIs(bare, folders.get(next))) {
            answers.add(question.apply(network));
          }
        }
      }
    }
    return answers;
  }

  private static Network asItIs(Network base, ModelFolder folder) {
    Adapter adapter = folder.adapter();
    return adapter == null
        ? base.withoutAdapter()
        : base.withAdapter(adapter.lora(), folder.config().head(), adapter.weights());
  }

  /** Writes what was trained. */
  public static void save(Path out, ModelFolder start, Network network, ScoreScale scale) {
    Lora adapter = network.adapter();
    if (adapter == null) {
      start.saveSuccessor(out, network.config(), scale, network.weights());
    } else {
      start.saveAdapter(out, network.config(), scale, adapter, network.trainedWeights());
    }
  }

  private static boolean isOver(ModelFolder base, ModelFolder folder) {
    try {
      return Files.isSameFile(base.path(), folder.base().path());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
