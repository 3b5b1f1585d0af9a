package org.rlaif.training.checkpoint;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.rlaif.kit.AtomicFiles;
import org.rlaif.kit.Interruption;
import org.rlaif.kit.IoConsumer;
import org.rlaif.kit.UserError;

/**
 * The folder of a stage that is at work, {@code STAGE.unfinished}: what it has written so far, and
 * two checkpoints to go on from. A checkpoint is whole or absent, and every file of it has its
 * hash; if the newest is damaged the one before is taken. Whoever goes on from one writes, bit by
 * bit, what would have been written without the stop.
 */
public final class Checkpoints {
  private static final String ENDING = ".unfinished";
  private static final String OUTPUTS = "outputs";
  private static final String NAME = "step-";
  private static final int KEPT = 2;

  private final @Nullable Path folder;
  private final String fingerprint;
  private final int every;
  private @Nullable Checkpoint found;
  private final long end;
  private long last;

  private Checkpoints(@Nullable Path folder, String fingerprint, int every, long end) {
    this.folder = folder;
    this.fingerprint = fingerprint;
    this.every = every;
    this.end = end;
  }

  /** For a training that nobody stops: nothing is saved. */
  public static Checkpoints none() {
    return new Checkpoints(null, "", 0, Long.MAX_VALUE);
  }

  /**
   * For a training of which the beginning alone is wanted: nothing is saved, and unless it is over
   * by then it ends with {@link Stopped}.
   *
   * @param step of the optimiser, the last one that is done
   */
  public static Checkpoints endingAfter(long step) {
    return new Checkpoints(null, "", 0, step);
  }

  /** The folder that belongs to a stage's. */
  public static Path folder(Path stage) {
    return stage.resolveSibling(stage.getFileName() + ENDING);
  }

  /** Where a stage that has not finished has written so far, there or not. */
  public static Path outputs(Path stage) {
    return folder(stage).resolve(OUTPUTS);
  }

  /**
   * Of a stage that begins, or goes on.
   *
   * @param stage its folder, which is not there yet
   * @param fingerprint of its settings and all before it; those of others are discarded
   * @param every so many optimiser steps there is one; 0: only when the process is told to end
   * @param say where to say what cannot be used
   */
  public static Checkpoints of(Path stage, String fingerprint, int every, Consumer<String> say) {
    Path folder = folder(stage);
    var checkpoints = new Checkpoints(folder, fingerprint, every, Long.MAX_VALUE);
    try {
      sweep(folder);
      for (Path each : all(folder)) {
        checkpoints.found = checkpoints.usable(each, say);
        if (checkpoints.found != null) {
          checkpoints.last = checkpoints.found.step();
          return checkpoints;
        }
      }
      AtomicFiles.deleteRecursively(folder);
      Files.createDirectories(checkpoints.outputs());
      return checkpoints;
    } catch (IOException e) {
      throw new UserError(folder + ": cannot be read or written: " + e.getMessage(), e);
    }
  }

  /** Deletes what a killed process was writing. */
  private static void sweep(Path folder) throws IOException {
    if (Files.isDirectory(folder)) {
      try (Stream<Path> inside = Files.list(folder)) {
        inside
            .filter(each -> String.valueOf(each.getFileName()).startsWith("."))
            .forEach(AtomicFiles::deleteRecursively);
      }
    }
  }

  private @Nullable Checkpoint usable(Path each, Consumer<String> say) {
    var checkpoint = new Checkpoint(each, step(each));
    List<String> damage;
    try {
      if (!checkpoint.isOf(fingerprint)) {
        AtomicFiles.deleteRecursively(each);
        return null;
      }
      damage = checkpoint.restore(outputs());
    } catch (UserError e) { // its record
      damage = List.of(String.valueOf(e.getMessage()));
    }
    if (damage.isEmpty()) {
      return checkpoint;
    }
    say.accept(damage.get(0) + "; what was saved before it is taken");
    AtomicFiles.deleteRecursively(each);
    return null;
  }

  /** The step of the newest checkpoint that was made with other settings; empty if none was. */
  public static Optional<Long> foreign(Path stage, String fingerprint) {
    for (Path each : all(folder(stage))) {
      try {
        return new Checkpoint(each, step(each)).isOf(fingerprint)
            ? Optional.empty()
            : Optional.of(step(each));
      } catch (UserError damaged) {
        // Another may be whole.
      }
    }
    return Optional.empty();
  }

  /** What the stage has written so far; nothing else may be in there. */
  public Path outputs() {
    if (folder == null) {
      throw new IllegalStateException("no folder");
    }
    return folder.resolve(OUTPUTS);
  }

  /** What to go on from; empty: the stage begins. */
  public Optional<Checkpoint> newest() {
    return Optional.ofNullable(found);
  }

  /** Where the newest checkpoint is, in words; empty if there is none. */
  public Optional<String> last() {
    return folder == null
        ? Optional.empty()
        : all(folder).stream().findFirst().map(each -> "the last checkpoint is " + each);
  }

  /** Deletes the folder if there is nothing to go on from. */
  public void sweep() {
    if (folder != null && all(folder).isEmpty()) {
      AtomicFiles.deleteRecursively(folder);
    }
  }

  /** Work that saves itself now and then: a process that is told to end waits for it. */
  public Interruption.Grace work(String stage) {
    return Interruption.grace(stage + " is saved after this step");
  }

  /**
   * Saves if it is time to.
   *
   * @param step of the optimiser, the last one done
   * @param state a record that Jackson writes and reads
   * @param tensors writes the rest into a folder
   * @throws Stopped if the process was told to end, or nobody wants more steps
   */
  public void after(long step, Supplier<?> state, IoConsumer<Path> tensors) {
    if (step >= end) {
      throw new Stopped("step " + step);
    }
    boolean stops = Interruption.isRequested();
    if (folder == null || !stops && (every == 0 || step / every == last / every)) {
      return;
    }
    Path place = folder.resolve(String.format(Locale.ROOT, NAME + "%010d", step));
    Checkpoint.write(place, fingerprint, outputs(), state.get(), tensors);
    last = step;
    all(folder).stream().skip(KEPT).forEach(AtomicFiles::deleteRecursively);
    if (stops) {
      throw new Stopped(place.toString());
    }
  }

  private static long step(Path checkpoint) {
    return Long.parseLong(String.valueOf(checkpoint.getFileName()).substring(NAME.length()));
  }

  /** The newest first. */
  private static List<Path> all(Path folder) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> inside = Files.list(folder)) {
      return inside
          .filter(each -> String.valueOf(each.getFileName()).matches(NAME + "\\d{10}"))
          .sorted(Comparator.reverseOrder())
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
