package org.rlaif.serving.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlaif.client.RlaifClient;
import org.rlaif.model.DecoderConfig;
import org.rlaif.serving.engine.TestModels;
import org.rlaif.serving.graph.ComputeConfig;
import org.rlaif.v1.ControlGrpc;
import org.rlaif.v1.PauseMode;
import org.rlaif.v1.PauseRequest;
import org.rlaif.v1.PolicyGrpc;
import org.rlaif.v1.RolloutRequest;
import org.rlaif.v1.RolloutResponse;
import org.rlaif.v1.Sampling;

/** The end of a server that is busy, or that somebody watches: its patience of 10 s is not used. */
class ClosingTest {
  private static final DecoderConfig LONG = DecoderConfig.gpt2(300, 900, 16, 2, 2, 32);

  @TempDir Path folder;
  private RlaifServer server;
  private ManagedChannel channel;

  @BeforeEach
  void start() {
    Path model = TestModels.save(folder.resolve("policy"), LONG, 7);
    server =
        RlaifServer.start(
            ServerConfig.inProcess(Map.of("policy", model))
                .listen(ServerConfig.LOOPBACK, 0)
                .compute(1, ComputeConfig.threads(2)));
    channel =
        Grpc.newChannelBuilder(
                ServerConfig.LOOPBACK + ":" + server.port(), InsecureChannelCredentials.create())
            .build();
  }

  @AfterEach
  void stop() {
    channel.shutdownNow();
    server.close();
  }

  @Test
  void callsToAPausedModelEndAtOnce() {
    ControlGrpc.newBlockingStub(channel)
        .pause(
            PauseRequest.newBuilder()
                .setModel("policy")
                .setMode(PauseMode.PAUSE_MODE_KEEP)
                .build());
    CompletableFuture<StatusRuntimeException> waiting = failing(rollout(1, 5, 0));
    await(() -> TestServer.policy(server).waitingSequences() == 1);
    closes();
    assertEquals(Status.Code.UNAVAILABLE, waiting.join().getStatus().getCode());
    assertEquals(
        "model: policy is closing while it is paused, and nothing will resume it",
        waiting.join().getStatus().getDescription());
  }

  @Test
  void callsThatWaitForNewWeightsEndAtOnce() throws InterruptedException {
    CompletableFuture<StatusRuntimeException> waiting = failing(rollout(1, 5, 2));
    Thread.sleep(300); // it is on its way, or there: both must end
    closes();
    assertEquals(Status.Code.UNAVAILABLE, waiting.join().getStatus().getCode());
  }

  /** Whoever watches hears that nothing new is taken, and does not hold up the end. */
  @Test
  void healthIsToldFirstAndWatchersAreNotWaitedFor() {
    Iterator<HealthCheckResponse> health =
        HealthGrpc.newBlockingStub(channel)
            .withDeadlineAfter(60, TimeUnit.SECONDS)
            .watch(HealthCheckRequest.getDefaultInstance());
    assertEquals(ServingStatus.SERVING, health.next().getStatus());
    Iterator<RolloutResponse> busy =
        PolicyGrpc.newBlockingStub(channel).rollout(rollout(4, 800, 0));
    busy.next();
    CompletableFuture<Void> closing = CompletableFuture.runAsync(server::close);
    assertEquals(ServingStatus.NOT_SERVING, health.next().getStatus());
    assertTrue(!closing.isDone(), "while calls are under way");
    int more = 0;
    while (busy.hasNext()) {
      assertEquals(800, busy.next().getTokenIdsCount());
      more++;
    }
    assertEquals(3, more, "what was under way was finished");
    long start = System.nanoTime();
    closing.join();
    within(start);
    StatusRuntimeException ended = assertThrows(StatusRuntimeException.class, health::hasNext);
    assertNotEquals(Status.Code.DEADLINE_EXCEEDED, ended.getStatus().getCode());
  }

  private void closes() {
    long start = System.nanoTime();
    server.close();
    within(start);
  }

  private static void within(long start) {
    double seconds = (System.nanoTime() - start) * 1e-9;
    assertTrue(seconds < 5, seconds + " s");
  }

  private CompletableFuture<StatusRuntimeException> failing(RolloutRequest request) {
    return CompletableFuture.supplyAsync(
        () ->
            assertThrows(
                StatusRuntimeException.class,
                () -> PolicyGrpc.newBlockingStub(channel).rollout(request).next()));
  }

  private static RolloutRequest rollout(int samples, int tokens, long weights) {
    return RolloutRequest.newBuilder()
        .setModel("policy")
        .addPrompts(RlaifClient.tokens(2, 9))
        .setSamples(samples)
        .setMinWeightsVersion(weights)
        .setSampling(Sampling.newBuilder().setMaxTokens(tokens).setMinTokens(tokens).setSeed(1))
        .build();
  }

  private static void await(BooleanSupplier condition) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() < end, "20 s are over");
      Thread.onSpinWait();
    }
  }
}
