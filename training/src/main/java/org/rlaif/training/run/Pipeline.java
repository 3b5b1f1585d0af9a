package org.rlaif.training.run;

import java.io.PrintWriter;
import java.io.UncheckedIOException;
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
  private boolean hasCurrentFingerprint(Stage<?> stage) {
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

  private static void warn(String line) {
    if (!line.isEmpty()) {
      System.err.println("rlaif: " + line);
    }
  }

  private void execute(Stage<?> stage, RunContext context) {
    try {
      AtomicFiles.folder(
          folder.stage(stage.name()),
          place -> {
            long start = System.nanoTime();
            Object figures = stage.work(context, place);
            double seconds = (System.nanoTime() - start) / 1e9;
            StageRecord.write(place, stage.name(), fingerprint(stage), seconds, figures);
          });
    } catch (UncheckedIOException e) {
      String reason = String.valueOf(Objects.requireNonNullElse(e.getCause(), e).getMessage());
      throw new UserError(folder.stage(stage.name()) + ": cannot be read or written: " + reason, e);
    } finally {
      folder.settle(stage.name());
    }
  }

  /** Models of stages that finished with other settings do not belong to this run any more. */
  private void noteModels() {
    Map<String, String> models = new TreeMap<>();
    for (Stage<?> stage : stages) {
      Product product = stage.about().leaves();
      if (product != null && product.isModel() && hasCurrentFingerprint(stage)) {
        models.put(product.servedName(), stage.name() + "/model");
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
