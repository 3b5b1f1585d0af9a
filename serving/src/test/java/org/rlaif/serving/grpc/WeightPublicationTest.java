package org.rlaif.serving.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.rlaif.serving.update.TestUpdates.tensors;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.rlaif.client.RlaifClient;
import org.rlaif.model.Weights;
import org.rlaif.serving.engine.TestModels;
import org.rlaif.v1.CommitUpdateRequest.Probe;
import org.rlaif.v1.CommitUpdateResponse;
import org.rlaif.v1.ControlGrpc;
import org.rlaif.v1.LogprobsRequest;
import org.rlaif.v1.LogprobsResponse;
import org.rlaif.v1.PolicyGrpc;
import org.rlaif.v1.RolloutRequest;
import org.rlaif.v1.RolloutResponse;
import org.rlaif.v1.UnloadModelRequest;

/** All weights of a served model are replaced, by the client, within the process and over TCP. */
@ExtendWith(SharedServer.class)
class WeightPublicationTest {
  private static TestServer server;

  @BeforeAll
  static void start(TestServer shared) {
    server = shared;
  }

  /** Weights cross the wire in pieces over TCP, whole within the process. */
  @Test
  void weightsArePublished() {
    try (RlaifClient here =
            RlaifClient.open("inprocess:" + server.inProcessName(), Duration.ofSeconds(20));
        RlaifClient there = RlaifClient.open(server.address(), Duration.ofSeconds(20))) {
      here.load("changing", server.folder("policy").toString());
      Weights twins = TestModels.weights(TestModels.TINY, 8);
      Probe probe = probe("twin", here);
      StatusRuntimeException bad =
          assertThrows(
              StatusRuntimeException.class,
              () ->
                  here.publish(
                      "changing",
                      tensors(twins),
                      List.of(probe.toBuilder().setLogprobs(0, -99).build()),
                      1e-4f));
      assertEquals(Status.Code.FAILED_PRECONDITION, bad.getStatus().getCode());
      assertTrue(
          bad.getMessage().endsWith("(expected: -99.0); the old weights stay"), bad.getMessage());
      assertEquals(probe("policy", here), probe("changing", here));

      CommitUpdateResponse response =
          here.publish("changing", tensors(twins), List.of(probe), 1e-4f);
      assertEquals(2, response.getWeightsVersion());
      RolloutRequest.Builder fresh = TestServer.rollout("changing", 1, TestServer.sampling(3, 1));
      assertEquals(
          2, TestServer.sequences(server.tcp(), fresh.setMinWeightsVersion(2).build()).size());
      StatusRuntimeException old =
          assertThrows(
              StatusRuntimeException.class,
              () ->
                  PolicyGrpc.newBlockingStub(server.tcp())
                      .withDeadlineAfter(1, TimeUnit.SECONDS)
                      .rollout(fresh.setMinWeightsVersion(3).build())
                      .next());
      assertEquals(Status.Code.FAILED_PRECONDITION, old.getStatus().getCode());
      assertEquals(
          "min_weights_version: 3 (expected: at most 2, the version of changing)",
          old.getStatus().getDescription());
      CompletableFuture<List<RolloutResponse>> later =
          CompletableFuture.supplyAsync(() -> TestServer.sequences(server.tcp(), fresh.build()));
      assertEquals(0, response.getMaxAbsLogprobDifference());
      assertEquals(probe, probe("changing", there));

      Weights first = TestModels.weights(TestModels.TINY, 7);
      response = there.publish("changing", tensors(first), List.of(probe("policy", here)), 1e-4f);
      assertEquals(3, response.getWeightsVersion());
      assertEquals(3, later.join().get(0).getWeights(0).getWeightsVersion(), "it waited");
      assertEquals(probe("policy", here), probe("changing", there));
      ControlGrpc.newBlockingStub(server.tcp())
          .unloadModel(UnloadModelRequest.newBuilder().setName("changing").build());
    }
  }

  /** What a model says of a completion. */
  private static Probe probe(String model, RlaifClient client) {
    LogprobsResponse.Completion found =
        client
            .logprobs(
                LogprobsRequest.newBuilder()
                    .setModel(model)
                    .setPrompt(RlaifClient.tokens(2, 30, 31))
                    .addCompletions(RlaifClient.tokens(40, 41, 1))
                    .build())
            .getCompletions(0);
    return Probe.newBuilder()
        .addAllPromptTokenIds(List.of(2, 30, 31))
        .addAllCompletionTokenIds(found.getTokenIdsList())
        .addAllLogprobs(found.getLogprobsList())
        .build();
  }
}
