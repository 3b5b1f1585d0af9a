package org.rlaif.training.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Runs on a server elsewhere. */
@Command(
    name = "runs",
    mixinStandardHelpOptions = true,
    description = {
      "Runs on a server: it takes them, works on one after the other, and tells how they come on.",
      "RLAIF_CONTROL_TOKEN in the environment is what it demands, and what is shown to it."
    },
    synopsisSubcommandLabel = "COMMAND",
    footer = {"", "Example: rlaif runs submit recipes/quickstart.yaml"})
final class RunsCommands implements Callable<Integer> {
  /** Starts a server for runs. */
  static final String START = "rlaif runs serve";

  @Spec private CommandSpec spec = CommandSpec.create();

  private RunsCommands() {}

  /**
   * All of them.
   *
   * @param main what a process that works on a run is started by
   */
  static CommandLine all(Class<?> main) {
    CommandLine all = new CommandLine(new RunsCommands());
    all.addSubcommand(new RunsServeCommand(main));
    all.addSubcommand(new RunsSubmitCommand());
    all.addSubcommand(new RunsListCommand());
    all.addSubcommand(new RunsWatchCommand());
    all.addSubcommand(new RunsEndCommands.Cancel());
    all.addSubcommand(new RunsEndCommands.Resume());
    all.addSubcommand(new RunsFetchCommand());
    return all;
  }

  @Override
  public Integer call() {
    spec.commandLine().usage(spec.commandLine().getOut());
    return 0;
  }
}
