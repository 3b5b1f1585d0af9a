package org.rlaif.training.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.rlaif.kit.UserFiles;
import org.rlaif.v1.RunInfo;
import org.rlaif.v1.SubmitRunRequest;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Hands a run to a server. */
@Command(
    name = "submit",
    mixinStandardHelpOptions = true,
    description = {
      "Puts a run in a server's queue. Paths in its file are those of the server's machine.",
      "Again with the same settings, it tells what has become of the run."
    },
    footer = {"", "Example: rlaif runs submit recipes/quickstart.yaml --name longer"})
final class RunsSubmitCommand implements Callable<Integer> {
  private static final long MOST_BYTES = 1 << 20;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "FILE.yaml", description = "The run's settings.")
  private Path file = Path.of("");

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "A setting, such as onPolicy.updates=10. Can be repeated; wins over the file.")
  private List<String> settings = new ArrayList<>();

  @Option(names = "--name", description = "The run's name.")
  private String name = "";

  @Mixin private RunsServer server = new RunsServer();

  @Override
  public Integer call() {
    SubmitRunRequest request =
        SubmitRunRequest.newBuilder()
            .setYaml(UserFiles.text(file, MOST_BYTES))
            .setSource(file.toString())
            .addAllSettings(settings)
            .setRun(name)
            .build();
    RunInfo run = server.ask(stub -> stub.submitRun(request).getRun());
    PrintWriter out = spec.commandLine().getOut();
    out.println(RunLine.of(run));
    out.flush();
    return 0;
  }
}
