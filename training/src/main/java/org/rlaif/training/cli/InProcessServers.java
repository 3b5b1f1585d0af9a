package org.rlaif.training.cli;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.rlaif.client.RlaifClient;
import org.rlaif.kit.Prompt;
import org.rlaif.model.onnx.Precision;
import org.rlaif.model.onnx.Quantization;
import org.rlaif.serving.grpc.RlaifServer;
import org.rlaif.serving.grpc.ServerConfig;
import org.rlaif.training.run.Servers;

/**
 * Starts servers in this process; messages are handed over by reference. They compute on the CPU
 * whatever the device of the training, and in fp32 unless quantised policies are asked for.
 *
 * @param threads that compute; 0: one per processor
 */
record InProcessServers(int threads) implements Servers {
  /** A rollout of many prompts is one call, and a slow machine is no reason to give it up. */
  static final Duration TIME_LIMIT = Duration.ofHours(1);

  @Override
  public Serving serve(
      Map<String, Path> models, @Nullable Precision weights, Supplier<List<Prompt>> prompts) {
    ServerConfig config = ServerConfig.inProcess(models).threads(threads);
    if (weights != null && weights != Precision.FP32) {
      config = config.quantize(new Quantization(weights, Precision.FP32), prompts.get());
    }
    RlaifServer server = RlaifServer.start(config);
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
