package org.rlaif.training.onpolicy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.rlaif.kit.Json;
import org.rlaif.training.config.OnPolicyConfig;
import org.rlaif.training.learning.Stopwatch;
import org.rlaif.training.onpolicy.Sampling.Batch;

/**
 * The batches of the updates, one after the other. Each is sampled and rewarded when its update
 * begins; or, with overlap, beside the update before it. It is then written by the weights that are
 * served while that update trains, which are those before it: new ones are published after {@link
 * #settle}. So what is written does not depend on who is faster.
 */
final class Batches {
  private static final String AHEAD = "ahead.json";

  private final String name;
  private final Sampling sampling;
  private final OnPolicyConfig config;
  private final Beside beside;
  private final Runnable begins;

  /** Waits for the batch that is being sampled; null: none is. */
  private @Nullable Supplier<Batch> running;

  private Stopwatch elsewhere = new Stopwatch();
  private @Nullable Batch ahead;

  /**
   * @param name of the algorithm, in errors
   * @param beside where a batch is sampled beside an update
   * @param begins told before each batch, while the weights are those that write it
   */
  Batches(String name, Sampling sampling, OnPolicyConfig config, Beside beside, Runnable begins) {
    this.name = name;
    this.sampling = sampling;
    this.config = config;
    this.beside = beside;
    this.begins = begins;
  }

  /** Whether other weights than the trainer's write an update's batch: older or quantised ones. */
  boolean areByOthers(int update) {
    return config.writesQuantised() || (config.overlap() && update > 0);
  }

  /** That of an update; with overlap the next one's is begun. */
  Batch next(int update, Stopwatch lap) {
    Batch batch = ahead;
    ahead = null;
    if (batch == null) {
      begins.run();
      batch = sampling.next(update, lap);
    }
    if (config.overlap() && update + 1 < config.updates()) {
      begins.run();
      var watch = new Stopwatch();
      elsewhere = watch;
      running =
          beside.begin(
              "%s, update %d: the batch of the update behind it".formatted(name, update),
              () -> sampling.next(update + 1, watch));
    }
    return batch;
  }

  /** Waits until nobody samples: what is served may change then. */
  void settle(Stopwatch lap) {
    if (running != null) {
      ahead = running.get();
      running = null;
      lap.lap("wait");
      elsewhere.seconds().forEach((part, seconds) -> lap.add(part + "Beside", seconds));
    }
  }

  /** Writes what is ahead of the updates that are done into a checkpoint's folder. */
  void save(Path folder) {
    if (ahead != null) {
      Json.write(folder.resolve(AHEAD), ahead);
    }
  }

  /** Goes on with what was saved. */
  void restore(Path folder) {
    Path file = folder.resolve(AHEAD);
    ahead = Files.exists(file) ? Json.read(file, Batch.class) : null;
  }
}
