package org.rlaif.training.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.rlaif.v1.ListRunsRequest;
import org.rlaif.v1.ListRunsResponse;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Says which runs a server has. */
@Command(
    name = "list",
    mixinStandardHelpOptions = true,
    description = {
      "Lists a server's runs, a line each: name, state, when it was submitted, how long it took,",
      "why it has failed."
    },
    footer = {"", "Example: rlaif runs list"})
final class RunsListCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Mixin private RunsServer server = new RunsServer();

  @Override
  public Integer call() {
    ListRunsResponse all = server.ask(stub -> stub.listRuns(ListRunsRequest.getDefaultInstance()));
    PrintWriter out = spec.commandLine().getOut();
    all.getRunsList().forEach(run -> out.println(RunLine.of(run)));
    out.flush();
    return 0;
  }
}
