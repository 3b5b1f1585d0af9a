package org.rlaif.serving.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.inprocess.InProcessChannelBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.rlaif.client.RlaifClient;
import org.rlaif.kit.UserError;
import org.rlaif.model.GoldenFamilies;
import org.rlaif.serving.engine.TestModels;
import org.rlaif.v1.ControlGrpc;
import org.rlaif.v1.GetServerInfoRequest;
import org.rlaif.v1.ListModelsRequest;
import org.rlaif.v1.LoadModelRequest;
import org.rlaif.v1.Model;
import org.rlaif.v1.ModelKind;
import org.rlaif.v1.PolicyGrpc;
import org.rlaif.v1.RewardGrpc;
import org.rlaif.v1.RolloutResponse;
import org.rlaif.v1.ScoreRequest;
import org.rlaif.v1.ScoreResponse;
import org.rlaif.v1.UnloadModelRequest;

/** The server as a whole: what it tells of itself, what it refuses, how it ends. */
@ExtendWith(SharedServer.class)
class RlaifServerTest {
  @TempDir static Path folder;
  private static TestServer server;

  @BeforeAll
  static void start(TestServer shared) {
    server = shared;
  }

  @Test
  void theServerTellsWhatItIs() {
    var control = ControlGrpc.newBlockingStub(server.tcp());
    var info = control.getServerInfo(GetServerInfoRequest.getDefaultInstance());
    assertEquals("cpu", info.getDevice());
    assertTrue(info.getEngine().startsWith("onnxruntime "), info.getEngine());
    List<Model> models = control.listModels(ListModelsRequest.getDefaultInstance()).getModelsList();
    assertEquals(
        List.of("long", "policy", "reward", "twin"), models.stream().map(Model::getName).toList());
    Model policy = models.get(1);
    assertEquals(ModelKind.MODEL_KIND_POLICY, policy.getKind());
    assertEquals(server.folder("policy").toString(), policy.getFolder());
    assertEquals(TestModels.TINY.parameterCount(), policy.getParameters());
    assertEquals(64, policy.getContextLength());
    assertEquals(4, policy.getSlots());
    assertEquals(ModelKind.MODEL_KIND_REWARD, models.get(2).getKind());
    assertEquals(0, models.get(2).getSlots());
    assertFalse(models.get(2).hasScorePaddingId());
  }

  @Test
  void aRewardModelTellsWhichTokenItsScoresAreNotReadAt() {
    var request =
        LoadModelRequest.newBuilder()
            .setName("other")
            .setFolder(GoldenFamilies.unpack("llama_end_score", folder).toString());
    var control = ControlGrpc.newBlockingStub(server.tcp());
    assertEquals(1, control.loadModel(request.build()).getModel().getScorePaddingId());
    control.unloadModel(UnloadModelRequest.newBuilder().setName("other").build());
  }

  @Test
  void modelsAreLoadedAndUnloaded() {
    try (RlaifClient client = RlaifClient.open(server.address(), Duration.ofSeconds(20))) {
      client.load("another", server.folder("policy").toString());
      assertEquals(
          2,
          client
              .rollout(TestServer.rollout("another", 1, TestServer.sampling(3, 1)).build())
              .size());
      ControlGrpc.newBlockingStub(server.tcp())
          .unloadModel(UnloadModelRequest.newBuilder().setName("another").build());
      TestServer.refused(
          Status.Code.NOT_FOUND,
          "model: another (expected: one of [long, policy, reward, twin])",
          () ->
              TestServer.sequences(
                  server.tcp(),
                  TestServer.rollout("another", 1, TestServer.sampling(3, 1)).build()));
    }
  }

  @Test
  void healthAndReflection() {
    for (String service : List.of("", "rlaif.v1.Policy", "rlaif.v1.Control")) {
      assertEquals(
          ServingStatus.SERVING,
          HealthGrpc.newBlockingStub(server.tcp())
              .check(HealthCheckRequest.newBuilder().setService(service).build())
              .getStatus());
    }
    List<String> services = new Reflected(server.tcp()).services();
    assertTrue(services.contains("rlaif.v1.Policy"), services.toString());
  }

  @Test
  void aPortInUseIsOneLine() throws IOException {
    try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      ServerConfig config =
          TestServer.config(Map.of()).listen(ServerConfig.LOOPBACK, taken.getLocalPort());
      UserError error = assertThrows(UserError.class, () -> RlaifServer.start(config));
      assertTrue(
          error
              .getMessage()
              .startsWith(
                  "port: " + taken.getLocalPort() + " (expected: a free one on 127.0.0.1; "),
          error.getMessage());
    }
  }

  @Test
  void hugeMessagesAreRefused() {
    ServerConfig defaults = TestServer.config(Map.of()).listen(ServerConfig.LOOPBACK, 0);
    var narrow =
        new ServerConfig(
            Map.of(),
            0,
            ServerConfig.LOOPBACK,
            defaults.engine(),
            /* maxMessageBytes= */ 1 << 20,
            Duration.ofSeconds(1),
            Security.NONE,
            null);
    try (RlaifServer small = RlaifServer.start(narrow);
        RlaifClient client =
            RlaifClient.open(ServerConfig.LOOPBACK + ":" + small.port(), Duration.ofSeconds(10))) {
      StatusRuntimeException error =
          assertThrows(
              StatusRuntimeException.class, () -> client.load("model", "x".repeat((1 << 20) + 1)));
      assertEquals(Status.Code.RESOURCE_EXHAUSTED, error.getStatus().getCode());
      assertEquals(List.of(), client.models());
    }
  }

  @Test
  void closingDrains() {
    var small = RlaifServer.start(TestServer.config(Map.of("policy", server.folder("policy"))));
    ManagedChannel channel = InProcessChannelBuilder.forName(small.inProcessName()).build();
    Iterator<RolloutResponse> stream =
        PolicyGrpc.newBlockingStub(channel)
            .rollout(TestServer.rollout("policy", 40, TestServer.sampling(40, 1)).build());
    stream.next();
    CompletableFuture<Void> closing = CompletableFuture.runAsync(small::close);
    int more = 0;
    while (stream.hasNext()) {
      stream.next();
      more++;
    }
    closing.join();
    assertEquals(79, more, "what was under way was finished");
    TestServer.refused(
        Status.Code.UNAVAILABLE,
        null,
        () ->
            TestServer.sequences(
                channel, TestServer.rollout("policy", 1, TestServer.sampling(1, 1)).build()));
    channel.shutdownNow();
  }

  @Test
  void scoresEndTextWithTheEndToken() {
    ScoreRequest.Builder request = ScoreRequest.newBuilder().setModel("reward");
    request
        .addItemsBuilder()
        .setPrompt(RlaifClient.tokens(2, 9))
        .setCompletion(RlaifClient.text("a"));
    int a = 'a' - '!' + 3; // the alphabet of bytes begins with '!' after three special tokens
    request
        .addItemsBuilder()
        .setPrompt(RlaifClient.tokens(2, 9))
        .setCompletion(RlaifClient.tokens(a, 1));
    request
        .addItemsBuilder()
        .setPrompt(RlaifClient.tokens(2, 9))
        .setCompletion(RlaifClient.tokens(a));
    ScoreResponse response = RewardGrpc.newBlockingStub(server.tcp()).score(request.build());
    List<Float> scores = response.getScoresList();
    assertEquals(response.getItems(1), response.getItems(0), "text as token ids");
    assertEquals(List.of(a), response.getItems(2).getCompletionTokenIdsList());
    assertEquals(6, response.getUsage().getPromptTokens());
    assertEquals(5, response.getUsage().getCompletionTokens());
    assertEquals(scores.get(0), scores.get(1));
    assertTrue(Math.abs(scores.get(0) - scores.get(2)) > 1e-4);
  }
}
