package org.rlaif.serving.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.rlaif.client.RlaifClient.text;

import com.google.common.primitives.Ints;
import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.rlaif.client.RlaifClient;
import org.rlaif.inference.GRPCInferenceServiceGrpc;
import org.rlaif.inference.InferTensorContents;
import org.rlaif.inference.ModelInferRequest;
import org.rlaif.model.DecoderConfig.Head;
import org.rlaif.model.text.EncodedPrompt;
import org.rlaif.model.text.TextPrompt;
import org.rlaif.model.text.Tokenizer;
import org.rlaif.model.text.Watch;
import org.rlaif.serving.engine.TestModels;
import org.rlaif.v1.GenerateRequest;
import org.rlaif.v1.GenerateResponse;
import org.rlaif.v1.Input;
import org.rlaif.v1.LogprobsRequest;
import org.rlaif.v1.LogprobsResponse;
import org.rlaif.v1.PolicyGrpc;
import org.rlaif.v1.RolloutRequest;
import org.rlaif.v1.RolloutResponse;
import org.rlaif.v1.ScorePairsRequest;
import org.rlaif.v1.ScoreRequest;
import org.rlaif.v1.ScoreResponse;

/** Prompts and completions as text, of tiny models with tokenizers like those of large ones. */
class TextServiceTest {
  private static final String PROMPT = "Once upon a time";
  private static final String COMPLETION = ", there was a little girl";

  /** As many bytes as a context of 256 tokens may have, and one more. */
  private static final String TOO_LONG = "a ".repeat(64 * 256 / 2) + "a";

  private static final String REFUSAL =
      ": 16385 bytes (expected: at most 16384; the context of %s is 256 tokens, and bytes-per-token"
          + " 64)";

  @TempDir static Path folder;
  private static RlaifServer server;
  private static RlaifClient client;

  @BeforeAll
  static void start() {
    Map<String, Path> models = new LinkedHashMap<>();
    for (String family : List.of("llama2", "mistral", "llama3")) {
      Path policy = folder.resolve(family);
      models.put(family, TestModels.saveTalking(policy, family, Head.LANGUAGE_MODEL, 7));
      Path reward = folder.resolve(family + "-reward");
      models.put(family + "-reward", TestModels.saveTalking(reward, family, Head.SCORE, 7));
    }
    server = RlaifServer.start(TestServer.config(models).listen(ServerConfig.LOOPBACK, 0));
    client = RlaifClient.open(ServerConfig.LOOPBACK + ":" + server.port(), Duration.ofSeconds(60));
  }

  @AfterAll
  static void stop() {
    client.close();
    server.close();
  }

  /** The way from text to tokens is one, whoever asks. */
  @ParameterizedTest
  @ValueSource(strings = {"llama2", "mistral", "llama3"})
  void completionsHaveTheTokensThatTheyHaveBehindTheirPrompts(String family) {
    List<Integer> beginning;
    List<Integer> whole;
    List<Integer> prompt;
    try (Tokenizer tokenizer = tokenizer(family)) {
      EncodedPrompt encoded = TextPrompt.of(tokenizer, PROMPT, Watch.NONE);
      prompt = Ints.asList(encoded.ids());
      beginning = Ints.asList(encoded.encodeBeginning(COMPLETION));
      whole = Ints.asList(encoded.encodeWhole(COMPLETION));
      assertEquals(
          Ints.asList(tokenizer.encodePrompt(PROMPT + COMPLETION)),
          Ints.asList(Ints.concat(encoded.ids(), Ints.toArray(beginning))));
    }
    for (Input asked : List.of(text(PROMPT), RlaifClient.tokens(Ints.toArray(prompt)))) {
      LogprobsResponse told =
          client.logprobs(
              LogprobsRequest.newBuilder()
                  .setModel(family)
                  .setPrompt(asked)
                  .addCompletions(text(COMPLETION))
                  .build());
      assertEquals(prompt, told.getPromptTokenIdsList());
      assertEquals(beginning, told.getCompletions(0).getTokenIdsList());
      ScoreResponse scored =
          client.score(
              ScoreRequest.newBuilder()
                  .setModel(family + "-reward")
                  .addItems(
                      ScoreRequest.Item.newBuilder()
                          .setPrompt(asked)
                          .setCompletion(text(COMPLETION)))
                  .build());
      assertEquals(whole, scored.getItems(0).getCompletionTokenIdsList());
      var pair =
          ScorePairsRequest.Pair.newBuilder()
              .setPrompt(asked)
              .setFirst(text(COMPLETION))
              .setSecond(text(" x"));
      assertEquals(
          scored.getScores(0),
          client
              .scorePairs(
                  ScorePairsRequest.newBuilder()
                      .setModel(family + "-reward")
                      .addPairs(pair)
                      .build())
              .getPairs(0)
              .getFirstScore());
      var inference =
          GRPCInferenceServiceGrpc.newBlockingStub(client.channel())
              .modelInfer(
                  ModelInferRequest.newBuilder()
                      .setModelName(family + "-reward")
                      .addInputs(bytes("prompt", PROMPT))
                      .addInputs(bytes("completion", COMPLETION))
                      .build());
      float score =
          inference.getRawOutputContentsCount() > 0
              ? inference
                  .getRawOutputContents(0)
                  .asReadOnlyByteBuffer()
                  .order(ByteOrder.LITTLE_ENDIAN)
                  .getFloat()
              : inference.getOutputs(0).getContents().getFp32Contents(0);
      assertEquals(scored.getScores(0), score);
    }
  }

  /** Whatever is sampled, bytes of half a character among it, and wherever it is cut. */
  @ParameterizedTest
  @ValueSource(strings = {"llama2", "mistral", "llama3"})
  void everyoneIsToldTheSameTextAndItGoesOnWhereThePromptEnds(String family) {
    boolean spaced = false;
    boolean cut = false;
    try (Tokenizer tokenizer = tokenizer(family)) {
      for (int seed = 0; seed < 12; seed++) {
        var sampling = TestServer.sampling(3 + seed, seed);
        RolloutResponse row =
            client
                .rollout(
                    RolloutRequest.newBuilder()
                        .setModel(family)
                        .addPrompts(text(PROMPT))
                        .setSampling(sampling)
                        .build())
                .get(0);
        GenerateResponse one =
            client.generate(
                GenerateRequest.newBuilder()
                    .setModel(family)
                    .setPrompt(text(PROMPT))
                    .setSampling(sampling)
                    .build());
        var stopped = sampling.clone().addStopStrings("never to be found");
        RolloutResponse scanned =
            client
                .rollout(
                    RolloutRequest.newBuilder()
                        .setModel(family)
                        .addPrompts(text(PROMPT))
                        .setSampling(stopped)
                        .build())
                .get(0);
        assertEquals(row.getTokenIdsList(), one.getTokenIdsList());
        assertEquals(row.getText(), one.getText());
        assertEquals(row.getText(), scanned.getText());
        int[] prompt = Ints.toArray(row.getPromptTokenIdsList());
        int[] tokens = Ints.toArray(row.getTokenIdsList());
        assertEquals(
            tokenizer.decode(Ints.concat(prompt, tokens)),
            tokenizer.decode(prompt) + row.getText());
        spaced |= row.getText().startsWith(" ");
        cut |= row.getText().endsWith("\uFFFD");
      }
    }
    assertTrue(spaced || family.equals("llama3"), family + ": no text began with a space");
    assertTrue(cut, family + ": no text was cut within a character");
  }

  /** Before it becomes tokens, on every way in. */
  @Test
  void whatCannotFitIsNotTokenised() {
    Input text = text(TOO_LONG);
    invalid("prompt" + REFUSAL.formatted("llama2"), () -> client.generate(generate(text)));
    invalid(
        "prompts[1]" + REFUSAL.formatted("llama2"),
        () ->
            client.rollout(
                RolloutRequest.newBuilder()
                    .setModel("llama2")
                    .addPrompts(text("a"))
                    .addPrompts(text)
                    .build()));
    invalid(
        "completions[0]" + REFUSAL.formatted("llama2"),
        () ->
            client.logprobs(
                LogprobsRequest.newBuilder()
                    .setModel("llama2")
                    .setPrompt(text("a"))
                    .addCompletions(text)
                    .build()));
    invalid(
        "items[0].completion" + REFUSAL.formatted("llama2-reward"),
        () ->
            client.score(
                ScoreRequest.newBuilder()
                    .setModel("llama2-reward")
                    .addItems(
                        ScoreRequest.Item.newBuilder().setPrompt(text("a")).setCompletion(text))
                    .build()));
    invalid(
        "pairs[0].second" + REFUSAL.formatted("llama2-reward"),
        () ->
            client.scorePairs(
                ScorePairsRequest.newBuilder()
                    .setModel("llama2-reward")
                    .addPairs(
                        ScorePairsRequest.Pair.newBuilder()
                            .setPrompt(text("a"))
                            .setFirst(text("a"))
                            .setSecond(text))
                    .build()));
    invalid(
        "prompt.chat" + REFUSAL.formatted("llama2"),
        () -> client.generate(generate(RlaifClient.chat(RlaifClient.user(TOO_LONG)))));
    for (String[] tensors :
        new String[][] {
          {"llama2", "text_input[0]", "text_input"},
          {"llama2-reward", "prompt[0]", "prompt", "completion"}
        }) {
      var request = ModelInferRequest.newBuilder().setModelName(tensors[0]);
      for (int i = 2; i < tensors.length; i++) {
        request.addInputs(bytes(tensors[i], TOO_LONG));
      }
      invalid(
          tensors[1] + REFUSAL.formatted(tensors[0]),
          () ->
              GRPCInferenceServiceGrpc.newBlockingStub(client.channel())
                  .modelInfer(request.build()));
    }
  }

  /** Texts within the bytes are tokenised piece by piece, and no further than the context. */
  @Test
  void whoHasGoneIsNotWorkedFor() throws InterruptedException {
    var config =
        TestServer.config(Map.of("policy", folder.resolve("llama2")))
            .engine(engine -> engine.bytesPerToken(1 << 16))
            .listen(ServerConfig.LOOPBACK, 0);
    try (RlaifServer generous = RlaifServer.start(config);
        RlaifClient caller =
            RlaifClient.open(
                ServerConfig.LOOPBACK + ":" + generous.port(), Duration.ofSeconds(60))) {
      String words = "borrowed ".repeat(1 << 20); // 9 MB, of which a piece is beyond the context
      invalid(
          "prompt: more than 256 tokens (expected: fewer; the context of policy is 256)",
          () -> caller.generate(generate(text(words)).toBuilder().setModel("policy").build()));
      Input uncut = text("a".repeat(1 << 22)); // nowhere to be cut: one piece
      List<CompletableFuture<Status.Code>> attacks = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        attacks.add(
            CompletableFuture.supplyAsync(
                () -> {
                  try {
                    PolicyGrpc.newBlockingStub(caller.channel())
                        .withDeadlineAfter(50, TimeUnit.MILLISECONDS)
                        .generate(generate(uncut).toBuilder().setModel("policy").build())
                        .next();
                    return Status.Code.OK;
                  } catch (StatusRuntimeException e) {
                    return e.getStatus().getCode();
                  }
                }));
      }
      attacks.forEach(each -> assertEquals(Status.Code.DEADLINE_EXCEEDED, each.join()));
      assertEquals(
          2,
          caller
              .generate(
                  GenerateRequest.newBuilder()
                      .setModel("policy")
                      .setPrompt(text("a"))
                      .setSampling(TestServer.sampling(2, 1))
                      .build())
              .getTokenIdsCount());
    }
  }

  private static ModelInferRequest.InferInputTensor bytes(String name, String text) {
    return ModelInferRequest.InferInputTensor.newBuilder()
        .setName(name)
        .setDatatype("BYTES")
        .addShape(1)
        .setContents(
            InferTensorContents.newBuilder().addBytesContents(ByteString.copyFromUtf8(text)))
        .build();
  }

  private static GenerateRequest generate(Input prompt) {
    return GenerateRequest.newBuilder().setModel("llama2").setPrompt(prompt).build();
  }

  private static void invalid(String sentence, Runnable call) {
    var error = assertThrows(StatusRuntimeException.class, call::run);
    assertEquals(Status.Code.INVALID_ARGUMENT, error.getStatus().getCode());
    String said = String.valueOf(error.getStatus().getDescription());
    assertEquals(sentence, said.substring(Math.max(0, said.length() - sentence.length())));
  }

  private static Tokenizer tokenizer(String family) {
    return Tokenizer.open(folder.resolve(family).resolve("tokenizer.json"));
  }
}
