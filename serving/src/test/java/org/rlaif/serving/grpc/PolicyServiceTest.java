package org.rlaif.serving.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.Channel;
import io.grpc.Context;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.rlaif.client.RlaifClient;
import org.rlaif.serving.engine.TestModels;
import org.rlaif.v1.FinishReason;
import org.rlaif.v1.GenerateRequest;
import org.rlaif.v1.GenerateResponse;
import org.rlaif.v1.Input;
import org.rlaif.v1.LogprobsRequest;
import org.rlaif.v1.LogprobsResponse;
import org.rlaif.v1.PolicyGrpc;
import org.rlaif.v1.RewardGrpc;
import org.rlaif.v1.RolloutRequest;
import org.rlaif.v1.RolloutResponse;
import org.rlaif.v1.Sampling;
import org.rlaif.v1.ScoreRequest;

/** Real stubs against a real server, within the process and over TCP. */
@ExtendWith(SharedServer.class)
class PolicyServiceTest {
  private static TestServer server;

  @BeforeAll
  static void start(TestServer shared) {
    server = shared;
  }

  @Test
  void bothTransportsGiveTheSameBits() {
    RolloutRequest request = TestServer.rollout("policy", 3, TestServer.sampling(20, 5)).build();
    List<RolloutResponse> here = TestServer.sequences(server.inProcess(), request);
    List<RolloutResponse> there = TestServer.sequences(server.tcp(), request);
    assertEquals(6, here.size());
    assertEquals(here, there);
    for (RolloutResponse each : here) {
      assertEquals(each.getTokenIdsCount(), each.getLogprobsCount());
      assertEquals(5, each.getSeed());
      assertEquals(1, each.getWeights(0).getWeightsVersion());
      assertEquals(each.getTokenIdsCount(), each.getWeights(0).getEnd());
      assertEquals(TestModels.BEGINNING, each.getPromptTokenIds(0));
      assertEquals(each.getPromptTokenIdsCount(), each.getUsage().getPromptTokens());
      assertEquals(each.getTokenIdsCount(), each.getUsage().getCompletionTokens());
    }
    assertTrue(here.get(0).getPromptTokenIdsCount() < here.get(3).getPromptTokenIdsCount());
  }

  @Test
  void generateStreamsTheFirstRollout() {
    RolloutResponse rolled =
        TestServer.sequences(
                server.inProcess(),
                TestServer.rollout("policy", 1, TestServer.sampling(20, 5)).build())
            .get(0);
    GenerateRequest request =
        GenerateRequest.newBuilder()
            .setModel("policy")
            .setPrompt(RlaifClient.text(TestServer.PROMPT))
            .setSampling(TestServer.sampling(20, 5))
            .build();
    for (Channel channel : List.of(server.inProcess(), server.tcp())) {
      List<Integer> tokens = new ArrayList<>();
      List<Float> logprobs = new ArrayList<>();
      var text = new StringBuilder();
      GenerateResponse last = GenerateResponse.getDefaultInstance();
      Iterator<GenerateResponse> stream = PolicyGrpc.newBlockingStub(channel).generate(request);
      while (stream.hasNext()) {
        assertEquals(FinishReason.FINISH_REASON_UNSPECIFIED, last.getFinishReason());
        last = stream.next();
        tokens.addAll(last.getTokenIdsList());
        logprobs.addAll(last.getLogprobsList());
        text.append(last.getText());
      }
      assertEquals(rolled.getTokenIdsList(), tokens);
      assertEquals(rolled.getLogprobsList(), logprobs);
      assertEquals(rolled.getText(), text.toString());
      assertEquals(rolled.getFinishReason(), last.getFinishReason());
      assertEquals(rolled.getWeightsList(), last.getWeightsList());
      assertEquals(tokens.size(), last.getUsage().getCompletionTokens());
      assertEquals(rolled.getPromptTokenIdsCount(), last.getUsage().getPromptTokens());
      assertEquals(5, last.getSeed());
      assertEquals(rolled.getPromptTokenIdsList(), last.getPromptTokenIdsList());
    }
  }

  @Test
  void logprobsOfTextAndTokens() {
    LogprobsResponse response =
        PolicyGrpc.newBlockingStub(server.tcp())
            .logprobs(
                LogprobsRequest.newBuilder()
                    .setModel("policy")
                    .setPrompt(RlaifClient.text(TestServer.PROMPT))
                    .addCompletions(RlaifClient.text(" 1"))
                    .addCompletions(RlaifClient.tokens(5, 6, 1))
                    .build());
    assertEquals(List.of(5, 6, 1), response.getCompletions(1).getTokenIdsList());
    assertEquals(3, response.getCompletions(1).getLogprobsCount());
    LogprobsResponse.Completion text = response.getCompletions(0);
    assertEquals(text.getTokenIdsCount(), text.getLogprobsCount());
    assertTrue(!text.getTokenIdsList().contains(1), "text is no whole completion: no end token");
    assertEquals(1, response.getWeightsVersion());
    assertEquals(TestModels.BEGINNING, response.getPromptTokenIds(0));
    assertEquals(response.getPromptTokenIdsCount(), response.getUsage().getPromptTokens());
    assertEquals(3 + text.getTokenIdsCount(), response.getUsage().getCompletionTokens());
  }

  @Test
  void aCancelledStreamGivesItsSlotsBack() {
    GenerateRequest endless =
        GenerateRequest.newBuilder()
            .setModel("long")
            .setPrompt(RlaifClient.tokens(2, 9))
            .setSampling(Sampling.newBuilder().setSeed(2))
            .build();
    for (Channel channel : List.of(server.inProcess(), server.tcp())) {
      // More streams than slots: the later ones can only run if the earlier ones go.
      for (int i = 0; i < 8; i++) {
        var context = Context.current().withCancellation();
        Context before = context.attach();
        try {
          Iterator<GenerateResponse> stream = PolicyGrpc.newBlockingStub(channel).generate(endless);
          assertEquals(1, stream.next().getTokenIdsCount());
        } finally {
          context.detach(before);
          context.cancel(null);
        }
      }
    }
  }

  @Test
  void aDeadlineEndsTheCallAndItsSequences() {
    RolloutRequest endless =
        RolloutRequest.newBuilder()
            .setModel("long")
            .addPrompts(RlaifClient.tokens(2, 9))
            .setSamples(2000)
            .build();
    StatusRuntimeException late =
        assertThrows(
            StatusRuntimeException.class,
            () ->
                PolicyGrpc.newBlockingStub(server.tcp())
                    .withDeadlineAfter(200, TimeUnit.MILLISECONDS)
                    .rollout(endless)
                    .forEachRemaining(each -> {}));
    assertEquals(Status.Code.DEADLINE_EXCEEDED, late.getStatus().getCode());
    assertEquals(
        2,
        TestServer.sequences(
                server.tcp(), TestServer.rollout("long", 1, TestServer.sampling(3, 1)).build())
            .size());
  }

  @Test
  void mistakesKeepTheirSentence() {
    TestServer.refused(
        Status.Code.INVALID_ARGUMENT,
        "temperature: -1.0 (expected: 0, or from 0.01 to 100)",
        () ->
            TestServer.sequences(
                server.tcp(),
                TestServer.rollout("policy", 1, TestServer.sampling(3, 1).setTemperature(-1))
                    .build()));
    TestServer.refused(
        Status.Code.INVALID_ARGUMENT,
        "samples: 0 (expected: >= 1)",
        () ->
            TestServer.sequences(
                server.tcp(), TestServer.rollout("policy", 0, TestServer.sampling(3, 1)).build()));
    TestServer.refused(
        Status.Code.INVALID_ARGUMENT,
        "prompts[0]: none (expected: text, tokens or a chat)",
        () ->
            TestServer.sequences(
                server.tcp(),
                RolloutRequest.newBuilder()
                    .setModel("policy")
                    .addPrompts(Input.getDefaultInstance())
                    .build()));
    TestServer.refused(
        Status.Code.INVALID_ARGUMENT,
        "model: reward (expected: a policy; it is a reward model)",
        () ->
            TestServer.sequences(
                server.inProcess(),
                TestServer.rollout("reward", 1, TestServer.sampling(3, 1)).build()));
    TestServer.refused(
        Status.Code.NOT_FOUND,
        "model: \"\" (expected: one of [long, policy, reward, twin])",
        () -> RewardGrpc.newBlockingStub(server.tcp()).score(ScoreRequest.getDefaultInstance()));
    TestServer.refused(
        Status.Code.RESOURCE_EXHAUSTED,
        "model: policy has 0 sequences waiting and was sent 40000 more"
            + " (expected: at most 16384 waiting)",
        () ->
            TestServer.sequences(
                server.tcp(),
                TestServer.rollout("policy", 20_000, TestServer.sampling(3, 1)).build()));
  }
}
