package org.rlaif.training.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.rlaif.kit.UserError;
import org.rlaif.training.comparison.RunComparison;
import org.rlaif.training.stages.ReportStage;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Lays runs side by side. */
@Command(
    name = "compare",
    mixinStandardHelpOptions = true,
    description = {
      "Lays runs side by side: what came of each, and in which settings they differ.",
      "Prints a table, and writes a page with their curves. What has not finished is left out."
    },
    footer = {"", "Example: rlaif compare quickstart further --out compare.html"})
final class CompareRunsCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "RUN", arity = "1..*", description = "Runs' folders, or their names.")
  private List<String> names = List.of();

  @Mixin private RunsFolder runs = new RunsFolder();

  @Option(
      names = "--out",
      paramLabel = "FILE",
      defaultValue = "compare.html",
      description = "The page (default: ${DEFAULT-VALUE}).")
  private Path page = Path.of("compare.html");

  @Override
  public Integer call() {
    UserError.require(names.size() >= 2, "RUN", names, "at least two runs");
    var comparison = new RunComparison(names.stream().map(name -> runs.find(name)).toList());
    comparison.print(spec.commandLine().getOut());
    comparison.write(page, ReportStage.now());
    System.err.println(page);
    return 0;
  }
}
