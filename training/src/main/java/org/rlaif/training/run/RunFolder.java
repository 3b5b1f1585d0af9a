package org.rlaif.training.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.rlaif.kit.AtomicFiles;
import org.rlaif.kit.ConfigFiles;
import org.rlaif.kit.Json;
import org.rlaif.kit.StageFiles;
import org.rlaif.kit.UserError;
import org.rlaif.training.config.RunConfig;

/** The folder of one run: {@code config.yaml}, {@code models.json}, and one folder per stage. */
public final class RunFolder {
  /** The page that is written when the last iteration has ended, of a run that has several. */
  public static final String ITERATIONS = "iterations.html";

  private static final String CONFIG = "config.yaml";
  private static final String MODELS = "models.json";
  private static final String COMMAND = "command.json";
  private static final String LEFT_OVER = ".writing-";

  /** Ends the name of a result that stands aside until the stage has made another. */
  private static final String REPLACED = ".replaced";

  private final Path path;

  private RunFolder(Path path) {
    this.path = path;
  }

  /** The folder of a run that may not exist yet. */
  public static RunFolder of(Path runs, String name) {
    return new RunFolder(runs.resolve(name));
  }

  /** The folder of a run that exists: its name below {@code runs}, or its path. */
  public static RunFolder find(String run, Path runs) {
    for (Path candidate : List.of(runs.resolve(run), Path.of(run))) {
      if (Files.isRegularFile(candidate.resolve(CONFIG))) {
        return new RunFolder(candidate);
      }
    }
    throw UserError.expected("run", run, "a run's folder, or its name in " + runs + known(runs));
  }

  private static String known(Path runs) {
    if (!Files.isDirectory(runs)) {
      return ", which does not exist";
    }
    try (Stream<Path> folders = Files.list(runs)) {
      List<String> names =
          folders
              .filter(each -> Files.isRegularFile(each.resolve(CONFIG)))
              .map(each -> String.valueOf(each.getFileName()))
              .sorted()
              .toList();
      return names.isEmpty() ? ", which is empty" : ": " + String.join(", ", names);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public Path path() {
    return path;
  }

  /** The folder as a person would type it from where they are. */
  public String typed() {
    Path here = Path.of("").toAbsolutePath();
    Path there = path.toAbsolutePath().normalize();
    return there.startsWith(here) ? here.relativize(there).toString() : there.toString();
  }

  /** A path inside as it is noted, from here on. */
  String relative(Path inside) {
    return path.relativize(inside).toString();
  }

  /** A stage's folder, there or not. */
  public Path stage(String name) {
    return path.resolve(name);
  }

  /** What a finished stage has left; empty if it has not finished. */
  public Optional<StageRecord> finished(String stage) {
    return record(stage(stage));
  }

  private static Optional<StageRecord> record(Path folder) {
    Path file = folder.resolve(StageRecord.FILE);
    return Files.exists(file) ? Optional.of(StageRecord.read(file)) : Optional.empty();
  }

  /** Refuses a run in which the files of a finished stage are not what it has left. */
  public void requireUndamaged(List<String> stages) {
    for (String stage : stages) {
      finished(stage)
          .map(StageRecord::files)
          .map(files -> StageFiles.damage(stage(stage), "", files))
          .flatMap(damage -> damage.stream().findFirst())
          .ifPresent(
              damage -> {
                throw new UserError(
                    damage
                        + " (expected: what the stage has left; restore it, or make it again with"
                        + " rlaif run --replace)");
              });
    }
  }

  /** Where the result of a stage is found: in its place or, if its replacement broke off, aside. */
  Path standingPath(String stage) {
    return Files.exists(stage(stage)) ? stage(stage) : aside(stage);
  }

  /** Like {@link #finished}, even if the result stands aside. */
  Optional<StageRecord> standing(String stage) {
    return record(standingPath(stage));
  }

  private Path aside(String stage) {
    return path.resolve(stage + REPLACED);
  }

  /** Moves a stage's result, if there is one, aside; {@link #settle} ends that. */
  void setAside(String stage) {
    if (Files.exists(stage(stage))) {
      move(stage(stage), aside(stage));
    }
  }

  /** Deletes what stands aside if the stage has another result by now, or else puts it back. */
  void settle(String stage) {
    if (!Files.exists(aside(stage))) {
      return;
    }
    if (Files.exists(stage(stage))) {
      AtomicFiles.deleteRecursively(aside(stage));
    } else {
      move(aside(stage), stage(stage));
    }
  }

  private static void move(Path from, Path to) {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The resolved settings of the run. */
  public RunConfig config() {
    return config(List.of());
  }

  /** The same with other settings, {@code key=value}. */
  public RunConfig config(List<String> others) {
    return RunConfig.load(path.resolve(CONFIG), others);
  }

  /** The same as text, as it stands in the file. */
  public String configText() {
    try {
      return Files.readString(path.resolve(CONFIG));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Writes the resolved settings; read again, they repeat the run. */
  void write(RunConfig config) {
    ConfigFiles.write(path.resolve(CONFIG), config);
  }

  /** Notes what was typed to run it. */
  public void noteCommand(String command) {
    Json.write(path.resolve(COMMAND), Map.of("command", command));
  }

  /**
   * Which models belong to the run, as it was set last: their folders by the names they are served
   * under, relative to this folder, or absolute if the run did not make them.
   */
  public Map<String, String> models() {
    Path file = path.resolve(MODELS);
    Map<String, String> models = new TreeMap<>();
    if (Files.exists(file)) {
      Json.object(file)
          .properties()
          .forEach(each -> models.put(each.getKey(), each.getValue().asText()));
    }
    return models;
  }

  /** The process that works on the run now; empty if none does. */
  public OptionalLong worker() {
    return RunLock.owner(path);
  }

  /** What was typed to run it; empty if it has not finished. */
  public Optional<String> command() {
    Path file = path.resolve(COMMAND);
    return Files.exists(file)
        ? Optional.of(String.valueOf(Json.read(file, Map.class).get("command")))
        : Optional.empty();
  }

  /**
   * Notes which models belong to the run as it is set now.
   *
   * @param models by the names they are served under; relative to this folder, or absolute
   */
  void noteModels(Map<String, String> models) {
    if (models.isEmpty()) {
      AtomicFiles.deleteRecursively(path.resolve(MODELS));
    } else {
      Json.write(path.resolve(MODELS), models);
    }
  }

  /**
   * Notes the models of another run as this one's, in the place of its own of the same names.
   *
   * @param other whose folder lies in this one
   */
  public void noteModelsOf(RunFolder other) {
    Map<String, String> models = new TreeMap<>(models());
    other
        .models()
        .forEach(
            (name, model) ->
                models.put(
                    name,
                    Path.of(model).isAbsolute() ? model : relative(other.path.resolve(model))));
    noteModels(models);
  }

  /**
   * Deletes what a killed process was writing, and puts back what it was replacing. Only for who
   * holds the lock.
   */
  void sweep() {
    try (Stream<Path> inside = Files.list(path)) {
      for (Path each : inside.toList()) {
        String name = String.valueOf(each.getFileName());
        if (name.startsWith(LEFT_OVER)) {
          AtomicFiles.deleteRecursively(each);
        } else if (name.endsWith(REPLACED)) {
          settle(name.substring(0, name.length() - REPLACED.length()));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
