package org.rlaif.training.run;

import static java.util.stream.Collectors.joining;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.rlaif.kit.StageFiles;
import org.rlaif.kit.UserError;
import org.rlaif.training.config.RunConfig;

/**
 * What earlier starts have left of a run's stages, and what a start with the settings of now would
 * make of it.
 */
final class StageStates {
  private static final int SHOWN = 4;

  /** How a stage is found. */
  enum State {
    /** Not finished, or never begun. */
    MISSING,
    /** Finished, with the settings, the seed and the stages before it that it has now. */
    FINISHED,
    /** Finished otherwise: it would be made again. */
    OTHERWISE,
    /** Finished, but its files are not what it has left. */
    DAMAGED
  }

  private final RunFolder folder;
  private final Map<String, State> states = new LinkedHashMap<>();
  private final Set<String> redrawn = new HashSet<>();
  private final List<String> damage = new ArrayList<>();
  private final List<String> unsealed = new ArrayList<>();

  StageStates(RunFolder folder) {
    this.folder = folder;
  }

  /** Looks at a stage: at all its files, if it is finished. */
  void look(Stage<?> looked, String fingerprint) {
    String stage = looked.name();
    if (looked.isRedrawn()) {
      redrawn.add(stage);
    }
    State state;
    try {
      state =
          folder
              .standing(stage)
              .map(record -> state(stage, record, fingerprint))
              .orElse(State.MISSING);
    } catch (UserError e) { // the record itself
      damage.add(String.valueOf(e.getMessage()));
      state = State.DAMAGED;
    }
    states.put(stage, state);
  }

  private State state(String stage, StageRecord record, String fingerprint) {
    if (!record.fingerprint().equals(fingerprint)) {
      return State.OTHERWISE;
    }
    Map<String, StageFiles.Stored> files = record.files();
    if (files == null) {
      unsealed.add(stage);
      return State.FINISHED;
    }
    List<String> found = StageFiles.damage(folder.standingPath(stage), "", files);
    damage.addAll(found);
    return found.isEmpty() ? State.FINISHED : State.DAMAGED;
  }

  State of(String stage) {
    return Objects.requireNonNull(states.get(stage), stage);
  }

  /** Finished stages whose results a start would discard. */
  List<String> discarded() {
    return states.keySet().stream()
        .filter(stage -> !redrawn.contains(stage))
        .filter(stage -> of(stage) == State.OTHERWISE || of(stage) == State.DAMAGED)
        .toList();
  }

  /** In one line, what cannot be checked; empty if all can. */
  String unchecked() {
    return unsealed.isEmpty()
        ? ""
        : "%s: %s: finished by a version that noted no hashes, so their files are not checked"
            .formatted(folder.typed(), String.join(", ", unsealed));
  }

  /** In one line, what is damaged and what would be discarded, and why; empty if nothing is. */
  String loss(RunConfig now) {
    List<String> parts = new ArrayList<>();
    if (!damage.isEmpty()) {
      parts.add(
          damage.get(0) + (damage.size() == 1 ? "" : ", and " + (damage.size() - 1) + " more"));
    }
    List<String> others =
        discarded().stream().filter(stage -> of(stage) == State.OTHERWISE).toList();
    if (!others.isEmpty()) {
      parts.add(
          "%s: finished with other settings: %s (%s)"
              .formatted(folder.typed(), String.join(", ", others), changes(now)));
    }
    return String.join("; ", parts);
  }

  /** Refuses to discard what is finished. */
  void require(RunConfig now) {
    String loss = loss(now);
    if (!loss.isEmpty()) {
      throw new UserError("%s (expected: %s)".formatted(loss, wayOut()));
    }
  }

  /** What to do about a {@link #loss}. */
  String wayOut() {
    String replace = "--replace to discard and make again: " + String.join(", ", discarded());
    return damage.isEmpty() ? replace + "; or another --name" : "the files restored, or " + replace;
  }

  /** Refuses to discard what the run itself is to begin with. */
  void requireNotRead(RunConfig now) {
    now.byKey()
        .forEach(
            (key, value) -> {
              for (String stage : discarded()) {
                UserError.require(
                    !lies(value, folder.stage(stage)),
                    key,
                    value,
                    "something that --replace does not discard; another --name keeps it");
              }
            });
  }

  private static boolean lies(String path, Path folder) {
    try {
      return !path.isBlank()
          && Path.of(path)
              .toAbsolutePath()
              .normalize()
              .startsWith(folder.toAbsolutePath().normalize());
    } catch (InvalidPathException e) {
      return false; // some other text
    }
  }

  /** Which settings are others than those of the last start. */
  private String changes(RunConfig now) {
    Map<String, String> before;
    try {
      before = folder.config().byKey();
    } catch (UserError e) { // missing, or of a version with other keys
      return "those of the last start cannot be read";
    }
    List<String> changes = new ArrayList<>();
    now.byKey()
        .forEach(
            (key, value) -> {
              String old = before.getOrDefault(key, "none");
              if (!old.equals(value)) {
                changes.add(key + " was " + old + ", is " + value);
              }
            });
    if (changes.isEmpty()) {
      return "the content of files that they name, or another version of rlaif";
    }
    String more = changes.size() > SHOWN ? ", and " + (changes.size() - SHOWN) + " more" : "";
    return changes.stream().limit(SHOWN).collect(joining("; ")) + more;
  }
}
