package org.rlaif.training.run;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.rlaif.kit.AtomicFiles;
import org.rlaif.kit.ConfigFiles;
import org.rlaif.kit.UserError;
import org.rlaif.training.checkpoint.Checkpoints;
import org.rlaif.training.run.StageStates.State;

/** Runs stages in their order, skips those that are finished, and says so line by line. */
public final class Pipeline {
  private final Run run;
  private final List<Stage<?>> stages;
  private final List<String> fingerprints;
  private final RunFolder folder;

  /** A pipeline over a run's folder; nothing is written yet. */
  public Pipeline(Run run, List<Stage<?>> stages) {
    this.run = run;
    this.stages = List.copyOf(stages);
    this.folder = run.folder();
    this.fingerprints = new ArrayList<>();
    String before = "seed " + run.config().seed();
    for (Stage<?> stage : stages) {
      before = ConfigFiles.hash(List.of(before, stage.name(), stage.settings()));
      fingerprints.add(before);
    }
  }

  /** Whether a stage has finished with the settings, the seed and the input it has now. */
  public boolean hasCurrentFingerprint(Stage<?> stage) {
    try {
      return folder
          .finished(stage.name())
          .filter(r -> r.fingerprint().equals(fingerprint(stage)))
          .isPresent();
    } catch (UserError damaged) {
      return false;
    }
  }

  private String fingerprint(Stage<?> stage) {
    return fingerprints.get(stages.indexOf(stage));
  }

  /**
   * Copies what another run has finished with the same settings, seed and stages before it, where
   * this one has not.
   */
  public void borrow(RunFolder other) {
    for (Stage<?> stage : stages) {
      Path mine = folder.stage(stage.name());
      boolean same =
          other
              .finished(stage.name())
              .filter(record -> record.fingerprint().equals(fingerprint(stage)))
              .isPresent();
      if (same && !stage.isRedrawn() && !Files.exists(mine)) {
        AtomicFiles.copyFolder(other.stage(stage.name()), mine);
      }
    }
  }

  /** Looks at what is there of these stages. */
  StageStates survey(List<Stage<?>> some) {
    StageStates survey = new StageStates(folder);
    some.forEach(stage -> survey.look(stage, fingerprint(stage)));
    return survey;
  }

  /**
   * Runs every stage that is not finished.
   *
   * @param replace whether finished stages that are damaged, or were made with other settings, may
   *     be discarded
   * @param command what was typed, for the report
   */
  public void run(RunContext context, PrintWriter out, boolean replace, String command) {
    work(context, out, replace, stages, List.of(), () -> folder.noteCommand(command));
  }

  /** Runs one stage, unless it is finished; those before it must be. */
  public void runOnly(String name, RunContext context, PrintWriter out, boolean replace) {
    List<String> names = stages.stream().map(Stage::name).toList();
    int index = names.indexOf(name);
    if (index < 0) {
      throw UserError.expected(
          "stage", name, "one of " + String.join(", ", names) + " in this run");
    }
    work(context, out, replace, List.of(stages.get(index)), stages.subList(0, index), () -> {});
  }

  private void work(
      RunContext context,
      PrintWriter out,
      boolean replace,
      List<Stage<?>> wanted,
      List<Stage<?>> before,
      Runnable begun) {
    try (RunLock lock = RunLock.take(folder.path())) {
      folder.sweep();
      StageStates read = survey(before); // never discarded here
      for (Stage<?> stage : before) {
        State state = read.of(stage.name());
        UserError.require(
            state == State.FINISHED || state == State.DAMAGED,
            wanted.get(0).name() + ": the stage before it, " + stage.name(),
            "not finished with these settings",
            "run rlaif " + stage.name() + " first, or rlaif run for all of them");
      }
      read.require(run.config());
      StageStates found = survey(wanted);
      if (replace) {
        found.requireNotRead(run.config());
      } else {
        found.require(run.config());
        wanted.forEach(this::requireNotSaved);
      }
      wanted.stream()
          .filter(stage -> found.of(stage.name()) != State.FINISHED)
          .forEach(stage -> stage.check(run));
      List.of(read.unchecked(), found.unchecked()).forEach(Pipeline::warn);
      folder.write(run.config());
      begun.run();
      noteModels();
      for (Stage<?> stage : wanted) {
        if (found.of(stage.name()) == State.FINISHED) {
          // Killed after it had finished, before it had cleared up.
          AtomicFiles.deleteRecursively(Checkpoints.folder(folder.stage(stage.name())));
          say(out, stage, "finished before");
        } else {
          folder.setAside(stage.name());
          noteModels();
          execute(stage, context);
          noteModels();
          say(out, stage, "");
        }
      }
    }
  }

  /** Refuses to discard what was saved of a stage with other settings. */
  private void requireNotSaved(Stage<?> stage) {
    Checkpoints.foreign(folder.stage(stage.name()), fingerprint(stage))
        .ifPresent(
            step -> {
              throw new UserError(
                  "%s: %s was stopped after step %d, with other settings (expected: those, to go on; or --replace to discard it; or another --name)"
                      .formatted(folder.typed(), stage.name(), step));
            });
  }

  private static void warn(String line) {
    if (!line.isEmpty()) {
      System.err.println("rlaif: " + line);
    }
  }

  private void execute(Stage<?> stage, RunContext context) {
    Path place = folder.stage(stage.name());
    Checkpoints saved =
        Checkpoints.of(place, fingerprint(stage), run.config().checkpointEvery(), Pipeline::warn);
    saved.newest().ifPresent(at -> warn(stage.name() + ": goes on after step " + at.step()));
    try {
      long start = System.nanoTime();
      Object figures = stage.work(context.with(saved), saved.outputs());
      double seconds = (System.nanoTime() - start) / 1e9;
      StageRecord.write(saved.outputs(), stage.name(), fingerprint(stage), seconds, figures);
      AtomicFiles.moveFolder(saved.outputs(), place);
      AtomicFiles.deleteRecursively(Checkpoints.folder(place));
    } catch (UserError e) {
      throw saved.last().map(at -> new UserError(e.getMessage() + "; " + at, e)).orElse(e);
    } catch (IOException e) {
      throw new UserError(place + ": cannot be read or written: " + e.getMessage(), e);
    } catch (UncheckedIOException e) {
      String reason = String.valueOf(Objects.requireNonNullElse(e.getCause(), e).getMessage());
      throw new UserError(place + ": cannot be read or written: " + reason, e);
    } finally {
      saved.sweep();
      folder.settle(stage.name());
    }
  }

  /** Models of stages that finished with other settings do not belong to this run any more. */
  private void noteModels() {
    Map<String, String> models = new TreeMap<>();
    for (Stage<?> stage : stages) {
      Product product = stage.about().leaves();
      if (product != null && product.isModel() && hasCurrentFingerprint(stage)) {
        Map<String, Path> left =
            product == Product.REWARD
                ? run.rewards()
                : Map.of(product.servedName(), run.path(product));
        left.forEach((name, model) -> models.put(name, folder.relative(model)));
      }
    }
    if (!models.isEmpty() && !run.config().reward().trained()) { // one that was brought along
      Path reward = run.path(Product.REWARD).toAbsolutePath().normalize();
      models.put(Product.REWARD.servedName(), reward.toString());
    }
    folder.noteModels(models);
  }

  private void say(PrintWriter out, Stage<?> stage, String remark) {
    StageRecord done = folder.finished(stage.name()).orElseThrow();
    out.printf(
        Locale.ROOT,
        "%-10s %7.1f s  %s%s%n",
        stage.name(),
        done.seconds(),
        Figures.line(done.figures(), stage.about().headline()),
        remark.isEmpty() ? "" : "  [" + remark + "]");
    out.flush();
    String warning = done.figures().path("warning").asText();
    if (!warning.isEmpty()) {
      warn("warning: " + stage.name() + ": " + warning);
    }
  }
}
