package org.rlaif.serving.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.inprocess.InProcessChannelBuilder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlaif.client.RlaifClient;
import org.rlaif.serving.engine.TestModels;
import org.rlaif.serving.graph.ComputeConfig;
import org.rlaif.v1.FinishReason;
import org.rlaif.v1.GenerateRequest;
import org.rlaif.v1.GenerateResponse;
import org.rlaif.v1.PolicyGrpc;
import org.rlaif.v1.RolloutRequest;
import org.rlaif.v1.RolloutResponse;
import org.rlaif.v1.Sampling;
import org.rlaif.v1.Tokens;
import org.rlaif.v1.TopLogprobs;

/** Every sampling field arrives; the logits are 2 for a, 1.5 for b and -5 for the rest. */
class SamplingServiceTest {
  private static final int A = TestModels.id('a');
  private static final int B = TestModels.id('b');

  @TempDir static Path folder;
  private static RlaifServer server;
  private static ManagedChannel channel;

  @BeforeAll
  static void start() {
    Path saved = TestModels.saveConstant(folder.resolve("policy"), Map.of('a', 2.0, 'b', 1.5));
    server =
        RlaifServer.start(
            ServerConfig.inProcess(Map.of("policy", saved)).compute(4, ComputeConfig.threads(2)));
    channel = InProcessChannelBuilder.forName(server.inProcessName()).build();
  }

  @AfterAll
  static void stop() {
    channel.shutdownNow();
    server.close();
  }

  /** Frequency penalty 0.3 makes "aababa" of the greedy "aaaaaa". */
  @Test
  void aStopStringCutsTheTextOfBothCalls() {
    Sampling.Builder sampling = greedy().setFrequencyPenalty(0.3f).addStopStrings("ab");
    RolloutResponse rolled = rollout(sampling);
    assertEquals(List.of(A, A, B), rolled.getTokenIdsList());
    assertEquals("a", rolled.getText());
    assertEquals("ab", rolled.getStopString());
    assertEquals(FinishReason.FINISH_REASON_STOP_STRING, rolled.getFinishReason());

    List<GenerateResponse> pieces = generate(sampling);
    assertEquals(List.of("", "a", "", ""), pieces.stream().map(GenerateResponse::getText).toList());
    GenerateResponse last = pieces.get(3);
    assertEquals("ab", last.getStopString());
    assertEquals(FinishReason.FINISH_REASON_STOP_STRING, last.getFinishReason());
    assertEquals(3, last.getUsage().getCompletionTokens());
  }

  @Test
  void aStopTokenIsNoText() {
    Sampling.Builder sampling = greedy().setFrequencyPenalty(0.3f).addStopTokenIds(B);
    RolloutResponse rolled = rollout(sampling);
    assertEquals(List.of(A, A, B), rolled.getTokenIdsList());
    assertEquals("aa", rolled.getText());
    assertEquals(FinishReason.FINISH_REASON_STOP_TOKEN, rolled.getFinishReason());
    var text = new StringBuilder();
    generate(sampling).forEach(piece -> text.append(piece.getText()));
    assertEquals("aa", text.toString());
    assertEquals("aaaaab", rollout(sampling.setMinTokens(5).setMaxTokens(6)).getText() + "b");
  }

  @Test
  void penaltiesAndBias() {
    assertEquals("abaaaa", rollout(greedy().setPresencePenalty(1)).getText());
    assertEquals("abaaaa", rollout(greedy().setRepetitionPenalty(2)).getText());
    assertEquals("bbbbbb", rollout(greedy().putLogitBias(B, 0.6f)).getText());
  }

  /** b has e^-0.5, or 0.61, times the probability of a. */
  @Test
  void whatIsWantedIsTold() {
    Sampling.Builder sampling =
        greedy()
            .setTemperature(1)
            .setMinP(0.6f)
            .setSampledLogprobs(true)
            .setTopLogprobs(3)
            .setSupport(true);
    RolloutResponse rolled = rollout(sampling);
    List<GenerateResponse> pieces = generate(sampling);
    Tokens both = Tokens.newBuilder().addIds(A).addIds(B).build();
    for (int t = 0; t < 6; t++) {
      boolean a = rolled.getTokenIds(t) == A;
      double share = Math.exp(a ? 2 : 1.5) / (Math.exp(2) + Math.exp(1.5));
      assertEquals(Math.log(share), rolled.getSampledLogprobs(t), 1e-5);
      assertEquals(both, rolled.getSupport(t));
      TopLogprobs top = rolled.getTopLogprobs(t);
      assertEquals(List.of(A, B, 0), top.getTokenIdsList());
      assertEquals(rolled.getLogprobs(t), top.getLogprobs(a ? 0 : 1));
      assertEquals(rolled.getSampledLogprobs(t), pieces.get(t).getSampledLogprobs(0));
      assertEquals(top, pieces.get(t).getTopLogprobs(0));
      assertEquals(both, pieces.get(t).getSupport(0));
    }
    rolled = rollout(sampling.setMinP(0.61f));
    assertEquals("aaaaaa", rolled.getText());
    assertEquals(0, rolled.getSampledLogprobs(0));
  }

  @Test
  void nothingMoreIsToldUnlessItIsWanted() {
    RolloutResponse rolled = rollout(greedy());
    assertEquals(0, rolled.getSampledLogprobsCount());
    assertEquals(0, rolled.getTopLogprobsCount());
    assertEquals(0, rolled.getSupportCount());
    assertEquals("", rolled.getStopString());
  }

  @Test
  void mistakesNameTheField() {
    refused("min_p: -0.1 (expected: from 0 to 1)", greedy().setMinP(-0.1f));
    refused("presence_penalty: 3.0 (expected: from -2 to 2)", greedy().setPresencePenalty(3));
    refused("logit_bias: token id 300 (expected: from 0 to 299)", greedy().putLogitBias(300, 1));
    refused("min_tokens: 7 (expected: at most max_tokens, 6)", greedy().setMinTokens(7));
    refused("stop_strings[0]: 0 characters (expected: from 1 to 256)", greedy().addStopStrings(""));
  }

  private static void refused(String sentence, Sampling.Builder sampling) {
    StatusRuntimeException error =
        assertThrows(StatusRuntimeException.class, () -> rollout(sampling));
    assertEquals(Status.Code.INVALID_ARGUMENT, error.getStatus().getCode());
    assertEquals(sentence, error.getStatus().getDescription());
  }

  private static Sampling.Builder greedy() {
    return Sampling.newBuilder().setTemperature(0).setMaxTokens(6).setSeed(4);
  }

  private static RolloutResponse rollout(Sampling.Builder sampling) {
    return PolicyGrpc.newBlockingStub(channel)
        .rollout(
            RolloutRequest.newBuilder()
                .setModel("policy")
                .addPrompts(RlaifClient.tokens(2, 9))
                .setSampling(sampling)
                .build())
        .next();
  }

  private static List<GenerateResponse> generate(Sampling.Builder sampling) {
    Iterator<GenerateResponse> stream =
        PolicyGrpc.newBlockingStub(channel)
            .generate(
                GenerateRequest.newBuilder()
                    .setModel("policy")
                    .setPrompt(RlaifClient.tokens(2, 9))
                    .setSampling(sampling)
                    .build());
    List<GenerateResponse> pieces = new ArrayList<>();
    stream.forEachRemaining(pieces::add);
    return pieces;
  }
}
