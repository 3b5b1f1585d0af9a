package org.rlaif.training.cli;

import io.grpc.StatusRuntimeException;
import java.util.Iterator;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.rlaif.client.RlaifClient;
import org.rlaif.kit.UserError;
import org.rlaif.v1.RunInfo;
import org.rlaif.v1.RunState;
import org.rlaif.v1.TrainingGrpc;
import org.rlaif.v1.WatchRunRequest;
import org.rlaif.v1.WatchRunResponse;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows how a run on a server comes on. */
@Command(
    name = "watch",
    mixinStandardHelpOptions = true,
    description = {
      "Shows how a run on a server comes on, from its beginning to its end: on a terminal as",
      "progress, elsewhere a line for each event, with its position first. If the server is away for",
      "a while, it goes on when that is back. Exit code 0: the run has finished; 2: it has not."
    },
    footer = {"", "Example: rlaif runs watch quickstart"})
final class RunsWatchCommand implements Callable<Integer> {
  /** A server that vanished is asked again after so long; nothing is lost by that. */
  private static final long LONGEST_CALL_S = 600;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "RUN", description = "The run's name.")
  private String run = "";

  @Option(
      names = "--after",
      paramLabel = "POSITION",
      description = "Leave out what was seen before, up to this (default: ${DEFAULT-VALUE}).")
  private long after;

  @Mixin private RunsServer server = new RunsServer();

  @Override
  public Integer call() {
    try (var shown = new WatchedRun(spec.commandLine().getOut())) {
      RunInfo last = server.follow(client -> follow(client, shown));
      if (last.getState() == RunState.RUN_STATE_FAILED) {
        throw new UserError(last.getName() + " has failed: " + last.getReason());
      }
      UserError.require(
          last.getState() == RunState.RUN_STATE_FINISHED,
          last.getName(),
          RunLine.state(last),
          "finished; rlaif runs resume goes on with it");
      return 0;
    }
  }

  /** Until its end, whatever happens to the connection. */
  private RunInfo follow(RlaifClient client, WatchedRun shown) {
    var reconnecting = new Reconnecting(server.timeLimitMs());
    while (true) {
      try {
        RunInfo last = RunInfo.getDefaultInstance();
        Iterator<WatchRunResponse> messages =
            TrainingGrpc.newBlockingStub(client.channel())
                .withDeadlineAfter(LONGEST_CALL_S, TimeUnit.SECONDS)
                .watchRun(WatchRunRequest.newBuilder().setRun(run).setAfter(after).build());
        while (messages.hasNext()) {
          WatchRunResponse message = messages.next();
          reconnecting.hear();
          after = message.getPosition();
          last = message.hasRun() ? message.getRun() : last;
          shown.show(message);
        }
        return last;
      } catch (StatusRuntimeException e) {
        reconnecting.pause(e);
      }
    }
  }
}
