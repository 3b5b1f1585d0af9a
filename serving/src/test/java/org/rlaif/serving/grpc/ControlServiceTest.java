package org.rlaif.serving.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.rlaif.serving.update.TestUpdates.tensors;

import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.channelz.v1.ChannelzGrpc;
import io.grpc.channelz.v1.GetServersRequest;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlaif.client.RlaifClient;
import org.rlaif.model.DecoderConfig;
import org.rlaif.model.DecoderConfig.Head;
import org.rlaif.model.ScoreScale;
import org.rlaif.serving.engine.TestModels;
import org.rlaif.serving.graph.ComputeConfig;
import org.rlaif.v1.CommitUpdateRequest.Probe;
import org.rlaif.v1.CommitUpdateResponse;
import org.rlaif.v1.ControlGrpc;
import org.rlaif.v1.GetServerInfoRequest;
import org.rlaif.v1.GetServerInfoResponse;
import org.rlaif.v1.LoadModelRequest;
import org.rlaif.v1.LogprobsRequest;
import org.rlaif.v1.Model;
import org.rlaif.v1.PauseMode;
import org.rlaif.v1.PauseRequest;
import org.rlaif.v1.PauseResponse;
import org.rlaif.v1.PolicyGrpc;
import org.rlaif.v1.Precision;
import org.rlaif.v1.ResumeRequest;
import org.rlaif.v1.RewardGrpc;
import org.rlaif.v1.RolloutRequest;
import org.rlaif.v1.RolloutResponse;
import org.rlaif.v1.Sampling;
import org.rlaif.v1.ScorePairsRequest;
import org.rlaif.v1.ScorePairsResponse;
import org.rlaif.v1.ScoreRequest;
import org.rlaif.v1.ScoreResponse;
import org.rlaif.v1.UnloadModelRequest;

/** Pausing, server information, pairs, and new weights for a reward model. */
class ControlServiceTest {
  private static final DecoderConfig REWARD = TestModels.TINY.withHead(Head.SCORE);
  private static final ScoreScale SCALE = new ScoreScale(0.5, 2);

  @TempDir static Path folder;
  private static RlaifServer server;
  private static ManagedChannel channel;

  @BeforeAll
  static void start() {
    Map<String, Path> models = new LinkedHashMap<>();
    models.put("policy", TestModels.save(folder.resolve("policy"), TestModels.TINY, 7));
    models.put("reward", TestModels.save(folder.resolve("reward"), REWARD, SCALE, 7));
    models.put("twin", TestModels.save(folder.resolve("twin"), REWARD, SCALE, 8));
    server =
        RlaifServer.start(
            ServerConfig.inProcess(models)
                .compute(2, ComputeConfig.threads(2))
                .listen(ServerConfig.LOOPBACK, 0));
    channel = Grpc.newChannelBuilder(address(), InsecureChannelCredentials.create()).build();
  }

  @AfterAll
  static void stop() {
    channel.shutdownNow();
    server.close();
  }

  @Test
  void aPausedPolicyAnswersAfterResume() {
    PauseResponse paused = pause("policy", PauseMode.PAUSE_MODE_KEEP);
    assertEquals(PauseResponse.getDefaultInstance(), paused);
    CompletableFuture<Integer> later = CompletableFuture.supplyAsync(ControlServiceTest::rollout);
    Model model = model("policy");
    while (model.getWaitingSequences() < 3) {
      assertEquals(PauseMode.PAUSE_MODE_KEEP, model.getPaused());
      model = model("policy");
    }
    assertEquals(0, model.getLiveSequences());
    resume("policy");
    assertEquals(3, later.join());
    assertEquals(PauseMode.PAUSE_MODE_UNSPECIFIED, model("policy").getPaused());
  }

  @Test
  void abortEndsTheCall() {
    pause("policy", PauseMode.PAUSE_MODE_DRAIN);
    CompletableFuture<Integer> aborted = CompletableFuture.supplyAsync(ControlServiceTest::rollout);
    while (model("policy").getWaitingSequences() < 3) {
      Thread.onSpinWait();
    }
    pause("policy", PauseMode.PAUSE_MODE_ABORT);
    var error =
        (StatusRuntimeException) assertThrows(CompletionException.class, aborted::join).getCause();
    assertEquals(Status.Code.ABORTED, error.getStatus().getCode());
    assertEquals("model: policy was paused", error.getStatus().getDescription());
    resume("policy");
    assertEquals(3, rollout());
  }

  @Test
  void theClientPausesAndResumesAndScoresPairs() {
    try (RlaifClient client = RlaifClient.open(address(), Duration.ofSeconds(20))) {
      for (PauseMode mode : List.of(PauseMode.PAUSE_MODE_DRAIN, PauseMode.PAUSE_MODE_ABORT)) {
        assertEquals(0, client.pause("policy", mode).getLiveSequences());
        assertEquals(mode, model("policy").getPaused());
      }
      client.resume("policy");
      assertEquals(PauseMode.PAUSE_MODE_UNSPECIFIED, model("policy").getPaused());
      ScorePairsRequest.Builder request = ScorePairsRequest.newBuilder().setModel("twin");
      request
          .addPairsBuilder()
          .setPrompt(RlaifClient.text("which?"))
          .setFirst(RlaifClient.text(" this"))
          .setSecond(RlaifClient.text(" this"));
      assertEquals(0.5f, client.scorePairs(request.build()).getPairs(0).getProbabilityFirst());
    }
  }

  @Test
  void pausesAreChecked() {
    refused(
        Status.Code.INVALID_ARGUMENT,
        "mode: unspecified (expected: drain, keep or abort)",
        () -> pause("policy", PauseMode.PAUSE_MODE_UNSPECIFIED));
    refused(
        Status.Code.INVALID_ARGUMENT,
        "model: reward (expected: a policy; it is a reward model)",
        () -> pause("reward", PauseMode.PAUSE_MODE_KEEP));
    refused(
        Status.Code.NOT_FOUND,
        "model: another (expected: one of [policy, reward, twin])",
        () -> resume("another"));
  }

  @Test
  void theServerTellsAll() {
    GetServerInfoResponse info = control().getServerInfo(GetServerInfoRequest.getDefaultInstance());
    assertTrue(info.getThreads() >= 1);
    assertEquals(16_384, info.getMaxQueue());
    assertEquals(64 << 20, info.getMaxMessageBytes());
    assertTrue(Math.abs(System.currentTimeMillis() - info.getStartedUnixMs()) < 600_000);
    assertEquals(Runtime.version().toString(), info.getJava());
    assertEquals(
        List.of("policy", "reward", "twin"),
        info.getModelsList().stream().map(Model::getName).toList());
  }

  @Test
  void channelzKnowsTheServer() {
    var servers =
        ChannelzGrpc.newBlockingStub(channel).getServers(GetServersRequest.getDefaultInstance());
    assertTrue(servers.getServerCount() >= 1);
    assertTrue(
        servers.getServerList().stream()
            .anyMatch(each -> each.getListenSocketList().toString().contains("127.0.0.1")));
  }

  /** P(first) = 1 / (1 + e^-(raw - raw')), and scores are (raw - 0.5) / 2. */
  @Test
  void pairsAreScoredByBradleyAndTerry() {
    ScorePairsRequest.Builder request = ScorePairsRequest.newBuilder().setModel("reward");
    request
        .addPairsBuilder()
        .setPrompt(RlaifClient.tokens(2, 9))
        .setFirst(RlaifClient.text("a"))
        .setSecond(RlaifClient.tokens(80, 81, 1));
    request
        .addPairsBuilder()
        .setPrompt(RlaifClient.tokens(2, 9))
        .setFirst(RlaifClient.tokens(80, 81, 1))
        .setSecond(RlaifClient.text("a"));
    request
        .addPairsBuilder()
        .setPrompt(RlaifClient.tokens(2, 9))
        .setFirst(RlaifClient.text("a"))
        .setSecond(RlaifClient.text("a"));
    ScorePairsResponse found = RewardGrpc.newBlockingStub(channel).scorePairs(request.build());
    ScorePairsResponse.Pair pair = found.getPairs(0);
    List<Float> scores = scores("reward").getScoresList();
    assertEquals(scores.get(0), pair.getFirstScore());
    assertEquals(scores.get(1), pair.getSecondScore());
    double first = 2 * pair.getFirstScore() + 0.5;
    double second = 2 * pair.getSecondScore() + 0.5;
    assertEquals(
        Math.exp(first) / (Math.exp(first) + Math.exp(second)), pair.getProbabilityFirst(), 1e-6);
    assertTrue(Math.abs(pair.getProbabilityFirst() - 0.5) > 1e-3);
    assertEquals(1 - pair.getProbabilityFirst(), found.getPairs(1).getProbabilityFirst(), 1e-6);
    assertEquals(0.5f, found.getPairs(2).getProbabilityFirst());
    assertEquals(List.of(TestModels.id('a'), 1), pair.getFirst().getCompletionTokenIdsList());
    assertEquals(List.of(2, 9), pair.getSecond().getPromptTokenIdsList());
    assertEquals(1, found.getWeightsVersion());
    assertEquals(12, found.getUsage().getPromptTokens());
    assertEquals(14, found.getUsage().getCompletionTokens());
    refused(
        Status.Code.INVALID_ARGUMENT,
        "pairs[0].second: neither (expected: text or tokens)",
        () ->
            RewardGrpc.newBlockingStub(channel)
                .scorePairs(
                    ScorePairsRequest.newBuilder()
                        .setModel("reward")
                        .addPairs(request.getPairs(0).toBuilder().clearSecond())
                        .build()));
    refused(
        Status.Code.INVALID_ARGUMENT,
        "pairs: 0 (expected: at least one)",
        () ->
            RewardGrpc.newBlockingStub(channel)
                .scorePairs(ScorePairsRequest.newBuilder().setModel("reward").build()));
  }

  @Test
  void aRewardModelTakesNewWeights() {
    try (RlaifClient client = RlaifClient.open(address(), Duration.ofSeconds(20))) {
      client.load("changing", folder.resolve("reward").toString());
      float expected = scores("twin").getScores(1);
      Probe probe =
          Probe.newBuilder()
              .addAllPromptTokenIds(List.of(2, 9))
              .addAllCompletionTokenIds(List.of(80, 81, 1))
              .setScore(expected)
              .build();
      Map<String, ByteBuffer> twins = tensors(TestModels.weights(REWARD, 8));
      StatusRuntimeException bad =
          assertThrows(
              StatusRuntimeException.class,
              () ->
                  client.publish(
                      "changing",
                      twins,
                      List.of(probe.toBuilder().setScore(expected + 1).build()),
                      0.5f));
      assertEquals(Status.Code.FAILED_PRECONDITION, bad.getStatus().getCode());
      assertTrue(bad.getMessage().contains("max_abs_score_difference: "), bad.getMessage());
      bad =
          assertThrows(
              StatusRuntimeException.class,
              () ->
                  client.publish(
                      "changing", twins, List.of(probe.toBuilder().clearScore().build()), 1));
      assertEquals(Status.Code.INVALID_ARGUMENT, bad.getStatus().getCode());
      assertEquals(scores("reward").getScoresList(), scores("changing").getScoresList());

      CommitUpdateResponse response = client.publish("changing", twins, List.of(probe), 1e-4f);
      assertEquals(2, response.getWeightsVersion());
      assertEquals(0, response.getMaxAbsScoreDifference());
      assertEquals(scores("twin").getScoresList(), scores("changing").getScoresList());
      assertEquals(2, scores("changing").getWeightsVersion());
      control().unloadModel(UnloadModelRequest.newBuilder().setName("changing").build());
    }
  }

  @Test
  void aHeldModelGoesWithItsHolder() {
    try (RlaifClient client = RlaifClient.open(address(), Duration.ofSeconds(20))) {
      LoadModelRequest request =
          LoadModelRequest.newBuilder()
              .setName("held")
              .setFolder(folder.resolve("policy").toString())
              .setHolder("run-1")
              .setLeaseSeconds(3600)
              .build();
      long end = client.load(request).getLeaseEndUnixMs();
      assertTrue(end - System.currentTimeMillis() > 3_000_000, "" + end);
      assertEquals("run-1", model("held").getHolder());
      assertEquals("", model("policy").getHolder());
      assertEquals(0, model("policy").getLeaseEndUnixMs());
      assertEquals(List.of("held"), client.renewLease("run-1"));
      assertTrue(model("held").getLeaseEndUnixMs() >= end);
      StatusRuntimeException e =
          assertThrows(StatusRuntimeException.class, () -> client.unload("held"));
      assertEquals(Status.Code.FAILED_PRECONDITION, e.getStatus().getCode());
      assertTrue(e.getMessage().contains("name: held is held by run-1 until 2"), e.getMessage());
      client.unload("held", "run-1");
      refused(
          Status.Code.INVALID_ARGUMENT,
          "lease_seconds: 3600 (expected: none without a holder)",
          () -> control().loadModel(request.toBuilder().clearHolder().build()));

      client.load(request.toBuilder().setLeaseSeconds(1).build());
      while (client.models().stream().anyMatch(each -> each.getName().equals("held"))) {
        Thread.onSpinWait(); // nobody renews it
      }
    }
  }

  @Test
  void aQuantisedPolicySaysWhatItLoses() {
    try (RlaifClient client = RlaifClient.open(address(), Duration.ofSeconds(20))) {
      Model loaded =
          client.load(
              "small",
              folder.resolve("policy").toString(),
              Precision.PRECISION_INT4,
              Precision.PRECISION_INT8);
      assertEquals(loaded, model("small"));
      assertEquals(Precision.PRECISION_INT4, loaded.getWeightsPrecision());
      assertEquals(Precision.PRECISION_INT8, loaded.getKvCachePrecision());
      assertTrue(loaded.getQuantizationLoss().getKl() > 0);
      Model exact = model("policy");
      assertEquals(Precision.PRECISION_FP32, exact.getWeightsPrecision());
      assertFalse(exact.hasQuantizationLoss());
      assertEquals(exact.getKvCacheBytes(), 4 * loaded.getKvCacheBytes());
      assertTrue(exact.getWeightsBytes() > loaded.getWeightsBytes());

      Probe.Builder probe = Probe.newBuilder().addPromptTokenIds(2).addCompletionTokenIds(80);
      probe.addLogprobs(
          PolicyGrpc.newBlockingStub(channel)
              .logprobs(
                  LogprobsRequest.newBuilder()
                      .setModel("policy")
                      .setPrompt(RlaifClient.tokens(new int[] {2}))
                      .addCompletions(RlaifClient.tokens(new int[] {80}))
                      .build())
              .getCompletions(0)
              .getLogprobs(0));
      CommitUpdateResponse response =
          client.publish(
              "small",
              tensors(TestModels.weights(TestModels.TINY, 7)),
              List.of(probe.build()),
              1e-4f);
      assertEquals(2, response.getWeightsVersion());
      assertTrue(response.getMaxAbsLogprobDifference() < 1e-5, "judged in fp32");
      assertEquals(loaded.getQuantizationLoss(), response.getQuantizationLoss(), "as before");
      assertEquals(0, loaded.getQuantizationLoss().getPrompts());
      control().unloadModel(UnloadModelRequest.newBuilder().setName("small").build());

      var calibrated =
          LoadModelRequest.newBuilder()
              .setName("calibrated")
              .setFolder(folder.resolve("policy").toString())
              .setKvCachePrecision(Precision.PRECISION_INT8)
              .addCalibrationPrompts(RlaifClient.text("My sister wants my car."))
              .addCalibrationPrompts(RlaifClient.tokens(new int[] {2, 90, 91}));
      Model found = control().loadModel(calibrated.build()).getModel();
      assertEquals(2, found.getQuantizationLoss().getPrompts());
      control().unloadModel(UnloadModelRequest.newBuilder().setName("calibrated").build());
      refused(
          Status.Code.INVALID_ARGUMENT,
          "calibration_prompts[2]: token id 300 (expected: from 0 to 299)",
          () ->
              control()
                  .loadModel(
                      calibrated
                          .addCalibrationPrompts(RlaifClient.tokens(new int[] {300}))
                          .build()));

      var request = LoadModelRequest.newBuilder().setName("new").setWeightsPrecisionValue(9);
      refused(
          Status.Code.INVALID_ARGUMENT,
          "weights_precision: 9 (expected: fp32, int8 or int4)",
          () ->
              control().loadModel(request.setFolder(folder.resolve("policy").toString()).build()));
    }
  }

  private static String address() {
    return ServerConfig.LOOPBACK + ":" + server.port();
  }

  private static ControlGrpc.ControlBlockingStub control() {
    return ControlGrpc.newBlockingStub(channel);
  }

  private static PauseResponse pause(String model, PauseMode mode) {
    return control().pause(PauseRequest.newBuilder().setModel(model).setMode(mode).build());
  }

  private static void resume(String model) {
    assertEquals(
        0,
        control().resume(ResumeRequest.newBuilder().setModel(model).build()).getSerializedSize());
  }

  private static Model model(String name) {
    return control()
        .getServerInfo(GetServerInfoRequest.getDefaultInstance())
        .getModelsList()
        .stream()
        .filter(each -> each.getName().equals(name))
        .findFirst()
        .orElseThrow();
  }

  /** How many sequences came. */
  private static int rollout() {
    Iterator<RolloutResponse> stream =
        PolicyGrpc.newBlockingStub(channel)
            .rollout(
                RolloutRequest.newBuilder()
                    .setModel("policy")
                    .addPrompts(RlaifClient.tokens(2, 9))
                    .setSamples(3)
                    .setSampling(Sampling.newBuilder().setMaxTokens(4))
                    .build());
    List<RolloutResponse> found = new ArrayList<>();
    stream.forEachRemaining(found::add);
    return found.size();
  }

  private static ScoreResponse scores(String model) {
    ScoreRequest.Builder request = ScoreRequest.newBuilder().setModel(model);
    request
        .addItemsBuilder()
        .setPrompt(RlaifClient.tokens(2, 9))
        .setCompletion(RlaifClient.text("a"));
    request
        .addItemsBuilder()
        .setPrompt(RlaifClient.tokens(2, 9))
        .setCompletion(RlaifClient.tokens(80, 81, 1));
    return RewardGrpc.newBlockingStub(channel).score(request.build());
  }

  private static void refused(Status.Code code, String sentence, Runnable call) {
    StatusRuntimeException error = assertThrows(StatusRuntimeException.class, call::run);
    assertEquals(code, error.getStatus().getCode(), error.getMessage());
    assertEquals(sentence, error.getStatus().getDescription());
  }
}
