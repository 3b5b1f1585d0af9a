package org.rlaif.training.checkpoint;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.rlaif.kit.AtomicFiles;
import org.rlaif.kit.IoConsumer;
import org.rlaif.kit.Json;
import org.rlaif.kit.StageFiles;
import org.rlaif.kit.StageFiles.Stored;

/** All that a stage needs to go on, as it was after some step: a folder with a record of it. */
public final class Checkpoint {
  private static final String RECORD = "checkpoint.json";
  private static final String STORED = "stored";
  private static final String STATE = "state.json";

  /**
   * What the folder holds and belongs to.
   *
   * @param fingerprint of the stage
   * @param stored files of the checkpoint itself
   * @param outputs what the stage had written by then; its files may have grown since
   */
  private record Contents(
      String fingerprint, Map<String, Stored> stored, Map<String, Stored> outputs) {}

  private final Path folder;
  private final long step;

  /**
   * @param step of the optimiser after which it was written
   */
  Checkpoint(Path folder, long step) {
    this.folder = folder;
    this.step = step;
  }

  public long step() {
    return step;
  }

  /** Writes one, or nothing. */
  static void write(
      Path folder, String fingerprint, Path outputs, Object state, IoConsumer<Path> tensors) {
    AtomicFiles.folder(
        folder,
        place -> {
          AtomicFiles.force(outputs);
          Path stored = Files.createDirectory(place.resolve(STORED));
          Json.write(stored.resolve(STATE), state);
          tensors.accept(stored);
          var contents = new Contents(fingerprint, StageFiles.of(stored), StageFiles.of(outputs));
          Json.write(place.resolve(RECORD), contents);
        });
  }

  /** Where the tensors are that were written with it. */
  public Path stored() {
    return folder.resolve(STORED);
  }

  /** The state that was written with it. */
  public <S> S state(Class<S> type) {
    return Json.read(stored().resolve(STATE), type);
  }

  boolean isOf(String fingerprint) {
    return contents().fingerprint().equals(fingerprint);
  }

  /**
   * Brings a stage's outputs back to what they were then.
   *
   * @return what is damaged, so that nobody can go on from here; empty if nothing is
   */
  List<String> restore(Path outputs) {
    Contents contents = contents();
    List<String> damage = new ArrayList<>(StageFiles.damage(stored(), "", contents.stored()));
    if (!damage.isEmpty()) {
      return damage;
    }
    // Everything else goes, hidden files too: half written when the process was killed.
    try (Stream<Path> inside = Files.walk(outputs)) {
      for (Path each : inside.skip(1).sorted(Comparator.reverseOrder()).toList()) {
        Stored then = contents.outputs().get(outputs.relativize(each).toString());
        if (then != null) {
          try (FileChannel open = FileChannel.open(each, StandardOpenOption.WRITE)) {
            open.truncate(then.bytes());
          }
        } else if (!Files.isDirectory(each, LinkOption.NOFOLLOW_LINKS) || isEmpty(each)) {
          Files.delete(each);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return StageFiles.damage(outputs, "", contents.outputs());
  }

  private static boolean isEmpty(Path folder) throws IOException {
    try (Stream<Path> inside = Files.list(folder)) {
      return inside.findAny().isEmpty();
    }
  }

  private Contents contents() {
    return Json.read(folder.resolve(RECORD), Contents.class);
  }
}
