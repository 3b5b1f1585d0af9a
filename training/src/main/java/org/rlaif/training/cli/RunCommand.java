package org.rlaif.training.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The whole loop, from one file. */
@Command(
    name = "run",
    mixinStandardHelpOptions = true,
    description = {
      "Runs the whole loop as a file says, or continues it where it was interrupted.",
      "The file holds what differs from the defaults; config.yaml in a run's folder holds all."
    },
    footer = {
      "",
      "Example: rlaif run recipes/quickstart.yaml --set onPolicy.updates=30 --name longer"
    })
final class RunCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "FILE.yaml", description = "The run's settings.")
  private Path file = Path.of("");

  @Option(
      names = "--dry-run",
      description = "Only say what would run, how large the models are and what memory they need.")
  private boolean dryRun;

  @Mixin private RunOptions options = new RunOptions();

  @Override
  public Integer call() {
    Session session = new Session(options.load(file), options.runs(), spec);
    if (dryRun) {
      session.plan();
    } else {
      Iterations.run(session, options.replace());
    }
    return 0;
  }
}
