package org.rlaif.serving.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.rpc.RetryInfo;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlaif.client.RlaifClient;
import org.rlaif.serving.engine.EngineConfig;
import org.rlaif.serving.engine.TestModels;
import org.rlaif.serving.graph.ComputeConfig;
import org.rlaif.v1.ControlGrpc;
import org.rlaif.v1.ListModelsRequest;
import org.rlaif.v1.LogprobsRequest;
import org.rlaif.v1.PauseMode;
import org.rlaif.v1.PauseRequest;
import org.rlaif.v1.PolicyGrpc;
import org.rlaif.v1.ResumeRequest;
import org.rlaif.v1.RolloutRequest;
import org.rlaif.v1.RolloutResponse;
import org.rlaif.v1.Sampling;

/** One slot, ten may wait, nine of one client; a paused policy lets them pile up. */
class BackpressureTest {
  @TempDir Path folder;
  private RlaifServer server;
  private final List<ManagedChannel> channels = new ArrayList<>();

  @BeforeEach
  void start() {
    Path saved = TestModels.save(folder.resolve("policy"), TestModels.TINY, 7);
    server =
        RlaifServer.start(
            new ServerConfig(
                Map.of("policy", saved),
                0,
                ServerConfig.LOOPBACK,
                new EngineConfig(1, ComputeConfig.threads(2), 10).perClient(9),
                1 << 20,
                Duration.ofSeconds(5),
                Security.NONE,
                null));
    control()
        .pause(
            PauseRequest.newBuilder()
                .setModel("policy")
                .setMode(PauseMode.PAUSE_MODE_KEEP)
                .build());
  }

  @AfterEach
  void stop() {
    channels.forEach(ManagedChannel::shutdownNow);
    server.close();
  }

  @Test
  void aRefusalSaysWhenToTryAgain() throws Exception {
    CompletableFuture<List<Long>> first = rollout(channel(), null, 8);
    awaitWaiting(8);
    StatusRuntimeException full = refused(channel(), 3);
    assertEquals(
        "model: policy has 8 sequences waiting and was sent 3 more (expected: at most 10 waiting)",
        full.getStatus().getDescription());
    Metadata trailers = full.getTrailers();
    long pushback = Long.parseLong(trailers.get(RetryHint.PUSHBACK));
    assertTrue(pushback >= 100 && pushback <= 30_000, pushback + " ms");
    var details = trailers.get(RetryHint.DETAILS);
    assertEquals(Status.Code.RESOURCE_EXHAUSTED.value(), details.getCode());
    var delay = details.getDetails(0).unpack(RetryInfo.class).getRetryDelay();
    assertEquals(pushback, delay.getSeconds() * 1000 + delay.getNanos() / 1_000_000);

    trailers = refused(channel(), 11).getTrailers();
    assertEquals("-1", trailers.get(RetryHint.PUSHBACK), "it will never fit");
    assertNull(trailers.get(RetryHint.DETAILS));
    try (RlaifClient client =
        RlaifClient.open(ServerConfig.LOOPBACK + ":" + server.port(), Duration.ofSeconds(5))) {
      StatusRuntimeException told =
          assertThrows(StatusRuntimeException.class, () -> client.rollout(request(11)));
      assertEquals("-1", told.getTrailers().get(RetryHint.PUSHBACK), "the client hands it on");
    }
    resume();
    assertEquals(8, first.join().size());
  }

  @Test
  void oneClientCannotFillTheQueue() {
    ManagedChannel greedy = channel();
    CompletableFuture<List<Long>> first = rollout(greedy, null, 8);
    awaitWaiting(8);
    StatusRuntimeException own = refused(greedy, 2);
    assertEquals(
        "model: policy has 8 sequences of this client waiting and was sent 2 more"
            + " (expected: at most 9 waiting of one client)",
        own.getStatus().getDescription());
    assertEquals("1000", own.getTrailers().get(RetryHint.PUSHBACK), "nothing has left yet");
    CompletableFuture<List<Long>> second = rollout(channel(), null, 2);
    awaitWaiting(10);
    resume();
    assertEquals(8, first.join().size());
    assertEquals(2, second.join().size());
    assertEquals(9, rollout(greedy, null, 9).join().size(), "there is room again");
  }

  /** Log-probabilities wait in a line of their own, of the same lengths. */
  @Test
  void oneClientCannotFillTheScoringQueue() {
    LogprobsRequest.Builder request =
        LogprobsRequest.newBuilder().setModel("policy").setPrompt(RlaifClient.tokens(2, 9));
    for (int i = 0; i < 10; i++) {
      request.addCompletions(RlaifClient.tokens(20 + i));
    }
    var error =
        assertThrows(
            StatusRuntimeException.class,
            () -> PolicyGrpc.newBlockingStub(channel()).logprobs(request.build()));
    assertEquals(Status.Code.RESOURCE_EXHAUSTED, error.getStatus().getCode());
    assertEquals(
        "model: policy has 0 sequences of this client waiting and was sent 10 more"
            + " (expected: at most 9 waiting of one client)",
        error.getStatus().getDescription());
    assertEquals("-1", error.getTrailers().get(RetryHint.PUSHBACK), "it will never fit");
    request.removeCompletions(9);
    assertEquals(
        9, PolicyGrpc.newBlockingStub(channel()).logprobs(request.build()).getCompletionsCount());
  }

  /** The small request of another client comes second and not ninth. */
  @Test
  void connectionsTakeTurns() {
    takesTurns(null, null);
  }

  @Test
  void namedClientsTakeTurns() {
    takesTurns("big", "small");
  }

  @Test
  void oneClientsRequestsComeInOrder() {
    CompletableFuture<List<Long>> first = rollout(channel(), "same", 8);
    awaitWaiting(8);
    CompletableFuture<List<Long>> second = rollout(channel(), "same", 1);
    awaitWaiting(9);
    resume();
    // The first of two slots that are free again; three rounds lie between, on a busy machine, too.
    assertTrue(first.join().get(1) < second.join().get(0), "behind what came before");
  }

  private void takesTurns(String big, String small) {
    CompletableFuture<List<Long>> first = rollout(channel(), big, 8);
    awaitWaiting(8);
    CompletableFuture<List<Long>> second = rollout(channel(), small, 1);
    awaitWaiting(9);
    resume();
    assertTrue(second.join().get(0) < first.join().get(6), "before what came first is done");
  }

  /** When each sequence of that many prompts came. */
  private CompletableFuture<List<Long>> rollout(
      ManagedChannel channel, String client, int prompts) {
    var stub = PolicyGrpc.newBlockingStub(channel);
    if (client != null) {
      var headers = new Metadata();
      headers.put(ClientIdentity.HEADER, client);
      stub = stub.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
    }
    var asking = stub;
    return CompletableFuture.supplyAsync(
        () -> {
          List<Long> times = new ArrayList<>();
          var stream = asking.rollout(request(prompts));
          while (stream.hasNext()) {
            RolloutResponse each = stream.next();
            assertEquals(50, each.getTokenIdsCount());
            times.add(System.nanoTime());
          }
          return times;
        });
  }

  private static StatusRuntimeException refused(ManagedChannel channel, int prompts) {
    StatusRuntimeException error =
        assertThrows(
            StatusRuntimeException.class,
            () -> PolicyGrpc.newBlockingStub(channel).rollout(request(prompts)).next());
    assertEquals(Status.Code.RESOURCE_EXHAUSTED, error.getStatus().getCode());
    return error;
  }

  private static RolloutRequest request(int prompts) {
    RolloutRequest.Builder request =
        RolloutRequest.newBuilder()
            .setModel("policy")
            .setSampling(Sampling.newBuilder().setMaxTokens(50).setMinTokens(50));
    for (int i = 0; i < prompts; i++) {
      request.addPrompts(RlaifClient.tokens(2, 9 + i));
    }
    return request.build();
  }

  private void awaitWaiting(int sequences) {
    while (control()
            .listModels(ListModelsRequest.getDefaultInstance())
            .getModels(0)
            .getWaitingSequences()
        < sequences) {
      Thread.onSpinWait();
    }
  }

  private void resume() {
    control().resume(ResumeRequest.newBuilder().setModel("policy").build());
  }

  private ControlGrpc.ControlBlockingStub control() {
    return ControlGrpc.newBlockingStub(channels.isEmpty() ? channel() : channels.get(0));
  }

  /** A connection of its own. */
  private ManagedChannel channel() {
    ManagedChannel channel =
        Grpc.newChannelBuilder(
                ServerConfig.LOOPBACK + ":" + server.port(), InsecureChannelCredentials.create())
            .build();
    channels.add(channel);
    return channel;
  }
}
