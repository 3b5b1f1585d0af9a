package org.rlaif.training.cli;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.rlaif.client.RlaifClient;
import org.rlaif.kit.Prompt;
import org.rlaif.serving.grpc.RlaifServer;
import org.rlaif.serving.grpc.ServerConfig;
import org.rlaif.training.run.Servers;

/**
 * Starts servers in this process; messages are handed over by reference. They compute on the CPU
 * whatever the device of the training, and in fp32.
 *
 * @param threads that compute; 0: one per processor
 */
record InProcessServers(int threads) implements Servers {
  /** A rollout of many prompts is one call, and a slow machine is no reason to give it up. */
  static final Duration TIME_LIMIT = Duration.ofHours(1);

  @Override
  public Serving serve(Map<String, Path> models, Supplier<List<Prompt>> prompts) {
    RlaifServer server = RlaifServer.start(ServerConfig.inProcess(models).threads(threads));
    Function<Duration, RlaifClient> clients =
        timeLimit -> RlaifClient.open("inprocess:" + server.inProcessName(), timeLimit);
    RlaifClient client = clients.apply(TIME_LIMIT);
    return new Serving(
        client,
        clients,
        () -> {
          client.close();
          server.close();
        });
  }
}
