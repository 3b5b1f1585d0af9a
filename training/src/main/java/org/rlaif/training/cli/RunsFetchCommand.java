package org.rlaif.training.cli;

import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.rlaif.kit.AtomicFiles;
import org.rlaif.kit.UserError;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Brings a model that a run on a server has left. */
@Command(
    name = "fetch",
    mixinStandardHelpOptions = true,
    description = {
      "Copies a model folder that a run on a server has left: every file with its checksum, the",
      "folder whole or not at all. What breaks off goes on where it was."
    },
    footer = {"", "Example: rlaif runs fetch quickstart --out policy"})
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class RunsFetchCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "RUN", description = "The run's name.")
  private String run;

  @Option(
      names = "--model",
      paramLabel = "NAME",
      defaultValue = "policy",
      description = "policy, sft, reward, reward-1 …, as it would be served (default: policy).")
  private String model;

  @Option(
      names = "--out",
      paramLabel = "FOLDER",
      required = true,
      description = "The folder to make.")
  private Path folder;

  @Mixin private RunsServer server;

  @Override
  public Integer call() {
    UserError.require(!Files.exists(folder), "--out", folder, "a folder that is not there yet");
    AtomicFiles.folder(
        folder,
        place ->
            server.follow(
                client -> {
                  var fetching = new ModelFetch(run, model, place);
                  fetching.all(client, new Reconnecting(server.timeLimitMs()));
                  return fetching;
                }));
    PrintWriter out = spec.commandLine().getOut();
    out.println(folder);
    out.flush();
    return 0;
  }
}
