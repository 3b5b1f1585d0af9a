package org.rlaif.training.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.rlaif.training.config.RunConfig;
import org.rlaif.training.run.RunFolder;
import org.rlaif.training.run.Stage;
import org.rlaif.training.stages.ReportStage;
import org.rlaif.training.stages.Stages;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Draws a run's report again. */
@Command(
    name = "report",
    mixinStandardHelpOptions = true,
    description = {
      "Writes the report of a run: report.html, report.json and pictures.",
      "Works at any time; what has not finished yet is left out."
    },
    footer = {"", "Example: rlaif report runs/quickstart"})
final class ReportCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "RUN", description = "A run's folder, or its name.")
  private String run = "";

  @Mixin private RunsFolder runs = new RunsFolder();

  @Override
  public Integer call() {
    RunFolder folder = runs.find(run);
    RunConfig config = folder.config();
    List<Stage<?>> stages = Stages.of(config);
    folder.requireUndamaged(
        stages.stream().filter(stage -> !stage.isRedrawn()).map(Stage::name).toList());
    ReportStage.write(Stages.run(config, folder, stages), stages);
    PrintWriter out = spec.commandLine().getOut();
    out.println(Path.of(folder.typed()).resolve(ReportStage.PAGE));
    out.println(Path.of(folder.typed()).resolve(ReportStage.FIGURES));
    out.flush();
    return 0;
  }
}
