package org.rlaif.training.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import java.util.function.BiFunction;
import org.rlaif.v1.CancelRunRequest;
import org.rlaif.v1.ResumeRunRequest;
import org.rlaif.v1.RunInfo;
import org.rlaif.v1.TrainingGrpc.TrainingBlockingStub;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Ending a run on a server, and going on with it. */
final class RunsEndCommands {
  private RunsEndCommands() {}

  /** What the two have in common. */
  static final class Named {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "RUN", description = "The run's name.")
    private String run = "";

    @Mixin private RunsServer server = new RunsServer();

    private Integer say(BiFunction<TrainingBlockingStub, String, RunInfo> ask) {
      RunInfo info = server.ask(stub -> ask.apply(stub, run));
      PrintWriter out = spec.commandLine().getOut();
      out.println(RunLine.of(info));
      out.flush();
      return 0;
    }
  }

  /** Ends it. */
  @Command(
      name = "cancel",
      mixinStandardHelpOptions = true,
      description = {
        "Ends a run on a server. One that trains saves itself first, which may take a minute."
      },
      footer = {"", "Example: rlaif runs cancel quickstart"})
  static final class Cancel implements Callable<Integer> {
    @Mixin private Named named = new Named();

    @Override
    public Integer call() {
      return named.say(
          (stub, run) ->
              stub.cancelRun(CancelRunRequest.newBuilder().setRun(run).build()).getRun());
    }
  }

  /** Goes on with it. */
  @Command(
      name = "resume",
      mixinStandardHelpOptions = true,
      description = {
        "Puts a run that was cancelled, or has failed, in the server's queue again: it goes on where"
            + " it was."
      },
      footer = {"", "Example: rlaif runs resume quickstart"})
  static final class Resume implements Callable<Integer> {
    @Mixin private Named named = new Named();

    @Override
    public Integer call() {
      return named.say(
          (stub, run) ->
              stub.resumeRun(ResumeRunRequest.newBuilder().setRun(run).build()).getRun());
    }
  }
}
