package org.rlaif.serving.grpc;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import org.rlaif.client.RlaifClient;
import org.rlaif.kit.AtomicFiles;
import org.rlaif.model.DecoderConfig;
import org.rlaif.serving.engine.TestModels;
import org.rlaif.serving.graph.ComputeConfig;
import org.rlaif.serving.queue.ModelObserver;
import org.rlaif.v1.RolloutRequest;
import org.rlaif.v1.Sampling;

/**
 * What counting adds to a decode step of the quickstart's network, at several batch sizes: the time
 * that the meters take for a step's calls, against the time of a step. A main, not a test.
 */
final class MetricsCost {
  private static final int[] BATCHES = {1, 8, 64};
  private static final int NEW_TOKENS = 70;
  private static final int ROUNDS = 30;

  private MetricsCost() {}

  public static void main(String[] arguments) throws IOException {
    Path folder = Files.createTempDirectory("metrics-cost-");
    DecoderConfig config = TestModels.SMALL;
    Map<String, Path> models = Map.of("policy", TestModels.save(folder.resolve("m"), config, 7));
    ServerConfig server =
        ServerConfig.inProcess(models).compute(64, ComputeConfig.DEFAULT).metrics(0);
    try (RlaifServer running = RlaifServer.start(server);
        RlaifClient client =
            RlaifClient.open("inprocess:" + running.inProcessName(), Duration.ofMinutes(1));
        var metrics =
            new Metrics(new InetSocketAddress(0), running::models, () -> true, () -> true)) {
      ModelObserver meters = metrics.observe("other", ModelObserver.NONE);
      for (int batch : BATCHES) {
        double step = median(() -> rollout(client, config, batch) / NEW_TOKENS);
        double counting = median(() -> count(meters, batch));
        System.out.printf(
            "batch %2d: a step %7.1f us, counting it %5.2f us: %.2f %%%n",
            batch, step * 1e6, counting * 1e6, 100 * counting / step);
      }
    } finally {
      AtomicFiles.deleteRecursively(folder);
    }
  }

  /** Seconds for a rollout of that many sequences of the same length. */
  private static double rollout(RlaifClient client, DecoderConfig config, int batch) {
    RolloutRequest.Builder request =
        RolloutRequest.newBuilder()
            .setModel("policy")
            .setSamples(batch)
            .addPrompts(RlaifClient.tokens(TestModels.prompt(config, 40, 1)))
            .setSampling(
                Sampling.newBuilder().setMaxTokens(NEW_TOKENS).setMinTokens(NEW_TOKENS).setSeed(1));
    long start = System.nanoTime();
    client.rollout(request.build());
    return (System.nanoTime() - start) * 1e-9;
  }

  /** Seconds for what one decode step tells the meters, the clock's readings included. */
  private static double count(ModelObserver meters, int batch) {
    int steps = 10_000;
    long start = System.nanoTime();
    long last = start;
    for (int step = 0; step < steps; step++) {
      meters.ran(batch, 0);
      for (int row = 0; row < batch; row++) {
        long now = System.nanoTime();
        meters.nextToken(now - last);
        last = now;
      }
    }
    return (System.nanoTime() - start) * 1e-9 / steps;
  }

  private interface Measured {
    double seconds();
  }

  private static double median(Measured work) {
    var seconds = new double[ROUNDS];
    for (int round = 0; round < ROUNDS; round++) {
      seconds[round] = work.seconds();
    }
    Arrays.sort(seconds);
    return seconds[ROUNDS / 2];
  }
}
