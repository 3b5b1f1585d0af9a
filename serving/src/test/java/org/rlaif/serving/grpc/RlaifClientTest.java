package org.rlaif.serving.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlaif.client.Credentials;
import org.rlaif.client.Incoming;
import org.rlaif.client.RlaifClient;
import org.rlaif.model.DecoderConfig;
import org.rlaif.serving.engine.EngineConfig;
import org.rlaif.serving.engine.TestModels;
import org.rlaif.serving.graph.ComputeConfig;
import org.rlaif.v1.FinishReason;
import org.rlaif.v1.GenerateRequest;
import org.rlaif.v1.GenerateResponse;
import org.rlaif.v1.Model;
import org.rlaif.v1.PauseMode;
import org.rlaif.v1.RolloutRequest;
import org.rlaif.v1.RolloutResponse;
import org.rlaif.v1.Sampling;

/** What the client does beyond the stubs, against a server with two slots where ten may wait. */
class RlaifClientTest {
  private static final DecoderConfig LONG = DecoderConfig.gpt2(300, 2000, 16, 2, 2, 32);

  @TempDir static Path folder;
  private static RlaifServer server;
  private static List<RlaifClient> clients;

  @BeforeAll
  static void start() {
    Path saved = TestModels.save(folder.resolve("policy"), LONG, 7);
    server =
        RlaifServer.start(
            new ServerConfig(
                Map.of("policy", saved),
                0,
                ServerConfig.LOOPBACK,
                new EngineConfig(2, ComputeConfig.threads(2), 10),
                1 << 20,
                Duration.ofSeconds(5),
                Security.NONE,
                null));
    clients =
        List.of(
            RlaifClient.open("inprocess:" + server.inProcessName(), Duration.ofSeconds(30)),
            RlaifClient.open(address(), Duration.ofSeconds(30)));
  }

  @AfterAll
  static void stop() {
    clients.forEach(RlaifClient::close);
    server.close();
  }

  @Test
  void aCompletionIsTheSameInWholeInPartsAndForAConsumer() throws Exception {
    GenerateRequest request = completion(20).build();
    for (RlaifClient client : clients) {
      GenerateResponse whole = client.generate(request);
      assertEquals(20, whole.getTokenIdsCount());
      assertEquals(20, whole.getLogprobsCount());
      assertEquals(20, whole.getUsage().getCompletionTokens());
      assertEquals(FinishReason.FINISH_REASON_LENGTH, whole.getFinishReason());
      assertEquals(List.of(2, 9), whole.getPromptTokenIdsList());
      assertEquals(1, whole.getWeightsCount());
      var text = new StringBuilder();
      int parts = 0;
      try (Incoming<GenerateResponse> stream = client.generateStream(request)) {
        while (stream.hasNext()) {
          text.append(stream.next().getText());
          parts++;
        }
      }
      assertEquals(21, parts, "one for each token, one for the end");
      assertEquals(text.toString(), whole.getText());
      var heard = new ArrayList<GenerateResponse>();
      assertEquals(whole, client.generateAsync(request, heard::add).get(30, TimeUnit.SECONDS));
      assertEquals(21, heard.size());
    }
  }

  @Test
  void sequencesComeAsTheyFinish() throws Exception {
    RolloutRequest request = rollout(5, 30);
    for (RlaifClient client : clients) {
      List<RolloutResponse> sorted = client.rollout(request);
      assertEquals(List.of(0, 1, 2, 3, 4), prompts(sorted));
      var heard = new ConcurrentLinkedQueue<RolloutResponse>();
      client.rolloutAsync(request, heard::add).get(30, TimeUnit.SECONDS);
      var streamed = new ArrayList<RolloutResponse>();
      try (Incoming<RolloutResponse> finished = client.rolloutStream(request)) {
        finished.forEachRemaining(streamed::add);
      }
      for (var each : List.of(List.copyOf(heard), streamed)) {
        assertEquals(new HashSet<>(sorted), new HashSet<>(each));
      }
    }
  }

  /** There are two slots: if what nobody waits for kept them, the third round would never begin. */
  @Test
  void whoGoesAwayEarlyGivesTheSlotBack() throws Exception {
    GenerateRequest endless = completion(1900).build();
    for (RlaifClient client : clients) {
      for (int i = 0; i < 3; i++) {
        try (Incoming<GenerateResponse> stream = client.generateStream(endless)) {
          assertEquals(1, stream.next().getTokenIdsCount());
        }
        var begun = new CountDownLatch(1);
        CompletableFuture<GenerateResponse> future =
            client.generateAsync(endless, part -> begun.countDown());
        assertTrue(begun.await(30, TimeUnit.SECONDS));
        future.cancel(false);
        awaitIdle(client);
        CompletableFuture<GenerateResponse> broken =
            client.generateAsync(
                endless,
                part -> {
                  throw new IllegalStateException("enough");
                });
        ExecutionException error = assertThrows(ExecutionException.class, broken::get);
        assertEquals("enough", error.getCause().getMessage());
        awaitIdle(client);
      }
    }
  }

  @Test
  void failuresSayWhatWasWaitedFor() {
    for (RlaifClient client : clients) {
      StatusRuntimeException nobody =
          assertThrows(
              StatusRuntimeException.class,
              () -> client.generate(completion(1).setModel("nobody").build()));
      assertEquals(Status.Code.NOT_FOUND, nobody.getStatus().getCode());
      String reason = nobody.getStatus().getDescription();
      assertTrue(reason.startsWith("a completion from nobody at "), reason);
      assertTrue(reason.endsWith(": model: nobody (expected: one of [policy])"), reason);
      ExecutionException later =
          assertThrows(
              ExecutionException.class,
              () ->
                  client.generateAsync(completion(1).setModel("nobody").build(), part -> {}).get());
      assertEquals(
          reason, ((StatusRuntimeException) later.getCause()).getStatus().getDescription());
      StatusRuntimeException late =
          assertThrows(
              StatusRuntimeException.class,
              () -> client.within(Duration.ofMillis(100)).rollout(rollout(8, 1900)));
      assertTrue(late.getMessage().endsWith("no answer within 0.1 s"), late.getMessage());
      awaitIdle(client); // else what was given up here leaves no room for the next
    }
  }

  @Test
  void aFullServerIsAskedAgainWhenItSays() throws Exception {
    for (RlaifClient client : clients) {
      client.pause("policy", PauseMode.PAUSE_MODE_KEEP);
      CompletableFuture<List<RolloutResponse>> first = later(client, rollout(9, 5));
      awaitWaiting(client, 9);
      try (RlaifClient once =
          RlaifClient.open(address(), Duration.ofSeconds(30), Credentials.NONE, 1)) {
        StatusRuntimeException full =
            assertThrows(StatusRuntimeException.class, () -> once.rollout(rollout(3, 5)));
        assertEquals(Status.Code.RESOURCE_EXHAUSTED, full.getStatus().getCode());
        String hint = full.getTrailers().get(RetryHint.PUSHBACK);
        assertNotEquals("-1", hint);
      }
      long start = System.nanoTime();
      CompletableFuture<List<RolloutResponse>> second = later(client, rollout(3, 5));
      Thread.sleep(200);
      assertFalse(second.isDone());
      client.resume("policy");
      assertEquals(9, first.get(30, TimeUnit.SECONDS).size());
      assertEquals(3, second.get(30, TimeUnit.SECONDS).size());
      assertTrue(System.nanoTime() - start >= 200_000_000L);
    }
  }

  @Test
  void askingAgainEndsWithTheTimeLimitOrTheAttempts() {
    for (RlaifClient client : clients) {
      client.pause("policy", PauseMode.PAUSE_MODE_KEEP);
      CompletableFuture<List<RolloutResponse>> first = later(client, rollout(9, 5));
      try {
        awaitWaiting(client, 9);
        StatusRuntimeException late =
            assertThrows(
                StatusRuntimeException.class,
                () -> client.within(Duration.ofMillis(150)).rollout(rollout(3, 5)));
        assertEquals(Status.Code.DEADLINE_EXCEEDED, late.getStatus().getCode());
        String reason = "no answer within 0.15 s; it had no room, however often it was asked";
        assertTrue(late.getMessage().endsWith(reason), late.getMessage());
        StatusRuntimeException full =
            assertThrows(StatusRuntimeException.class, () -> client.rollout(rollout(3, 5)));
        assertEquals(Status.Code.RESOURCE_EXHAUSTED, full.getStatus().getCode());
        StatusRuntimeException never =
            assertThrows(StatusRuntimeException.class, () -> client.rollout(rollout(11, 5)));
        assertEquals(Status.Code.RESOURCE_EXHAUSTED, never.getStatus().getCode());
        assertEquals("-1", never.getTrailers().get(RetryHint.PUSHBACK), "it will never fit");
      } finally {
        client.resume("policy");
      }
      assertEquals(9, first.join().size());
    }
    assertThrows(
        IllegalArgumentException.class,
        () -> RlaifClient.open(address(), Duration.ofSeconds(1), Credentials.NONE, 0));
  }

  @Test
  void modelsComeAndGo() {
    for (RlaifClient client : clients) {
      client.load("another", folder.resolve("policy").toString());
      assertEquals(
          List.of("another", "policy"), client.models().stream().map(Model::getName).toList());
      client.unload("another");
      assertEquals(10, client.serverInfo().getMaxQueue());
      assertEquals(1, client.serverInfo().getModelsCount());
    }
  }

  private static String address() {
    return ServerConfig.LOOPBACK + ":" + server.port();
  }

  private static GenerateRequest.Builder completion(int tokens) {
    return GenerateRequest.newBuilder()
        .setModel("policy")
        .setPrompt(RlaifClient.tokens(2, 9))
        .setSampling(exactly(tokens));
  }

  private static RolloutRequest rollout(int prompts, int tokens) {
    RolloutRequest.Builder request =
        RolloutRequest.newBuilder().setModel("policy").setSampling(exactly(tokens));
    for (int i = 0; i < prompts; i++) {
      request.addPrompts(RlaifClient.tokens(2, 9 + i));
    }
    return request.build();
  }

  private static Sampling exactly(int tokens) {
    return Sampling.newBuilder().setMaxTokens(tokens).setMinTokens(tokens).build();
  }

  private static CompletableFuture<List<RolloutResponse>> later(
      RlaifClient client, RolloutRequest request) {
    return CompletableFuture.supplyAsync(() -> client.rollout(request));
  }

  private static List<Integer> prompts(List<RolloutResponse> sequences) {
    return sequences.stream().map(RolloutResponse::getPromptIndex).toList();
  }

  private static void awaitWaiting(RlaifClient client, int sequences) {
    while (client.models().get(0).getWaitingSequences() < sequences) {
      Thread.onSpinWait();
    }
  }

  private static void awaitIdle(RlaifClient client) {
    while (client.models().get(0).getLiveSequences() > 0
        || client.models().get(0).getWaitingSequences() > 0) {
      Thread.onSpinWait();
    }
  }
}
