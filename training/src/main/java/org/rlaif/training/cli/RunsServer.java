package org.rlaif.training.cli;

import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.rlaif.client.RlaifClient;
import org.rlaif.serving.cli.Client;
import org.rlaif.v1.TrainingGrpc;
import org.rlaif.v1.TrainingGrpc.TrainingBlockingStub;
import picocli.CommandLine.Mixin;

/** The server that runs are on, and how it is asked. */
final class RunsServer {
  @Mixin private Client client = new Client();

  /** Asks once; what the server refuses, or its silence, is the user's to mend. */
  <T> T ask(Function<TrainingBlockingStub, T> question) {
    return follow(
        connected ->
            question.apply(
                TrainingGrpc.newBlockingStub(connected.channel())
                    .withDeadlineAfter(timeLimitMs(), TimeUnit.MILLISECONDS)));
  }

  /** The same for more than one question. */
  <T> T follow(Function<RlaifClient, T> questions) {
    return client.control(RunsCommands.START, questions);
  }

  /** How long to wait for an answer. */
  long timeLimitMs() {
    return client.timeLimit().toMillis();
  }
}
