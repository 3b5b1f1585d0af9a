package org.rlaif.serving.grpc;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.rlaif.client.RlaifClient;
import org.rlaif.kit.Json;
import org.rlaif.serving.engine.TestModels;
import org.rlaif.v1.BeginUpdateRequest;
import org.rlaif.v1.Chat;
import org.rlaif.v1.ControlGrpc;
import org.rlaif.v1.GenerateRequest;
import org.rlaif.v1.Input;
import org.rlaif.v1.LoadModelRequest;
import org.rlaif.v1.LowRankAdapter;
import org.rlaif.v1.Message;
import org.rlaif.v1.PolicyGrpc;
import org.rlaif.v1.RolloutRequest;

/** Sizes that no memory has, and values that no header holds. */
@ExtendWith(SharedServer.class)
class HostileRequestsTest {
  @TempDir static Path folder;
  private static TestServer server;

  @BeforeAll
  static void start(TestServer shared) {
    server = shared;
  }

  @ParameterizedTest
  @ValueSource(ints = {1_000_000, Integer.MAX_VALUE})
  void moreSequencesThanAnyCount(int samples) {
    RolloutRequest request =
        RolloutRequest.newBuilder()
            .setModel("policy")
            .addAllPrompts(Collections.nCopies(20_000, RlaifClient.tokens(2, 9)))
            .setSamples(samples)
            .build();
    refused(
        Status.Code.RESOURCE_EXHAUSTED,
        "was sent " + 20_000L * samples + " more",
        () -> policy().rollout(request).next());
  }

  @ParameterizedTest
  @ValueSource(ints = {10_000, 1 << 20, Integer.MAX_VALUE})
  void anAdapterOfARankBeyondItsMatrices(int rank) {
    LowRankAdapter adapter =
        LowRankAdapter.newBuilder().setRank(rank).setAlpha(1).addTargets("all-linear").build();
    refused(
        Status.Code.INVALID_ARGUMENT,
        "adapter rank: " + rank + " (expected: at most ",
        () ->
            control()
                .beginUpdate(
                    BeginUpdateRequest.newBuilder()
                        .setModel("policy")
                        .setAdapter(adapter)
                        .build()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"n_embd", "n_layer", "n_head", "n_inner", "vocab_size", "n_positions"})
  void aNetworkThatNoMemoryHolds(String key) throws IOException {
    for (int size : List.of(1_000_000_000, Integer.MAX_VALUE, 1 << 30, -1, 0)) {
      Path model = TestModels.save(folder.resolve(key + size), TestModels.TINY, 7);
      Path file = model.resolve("config.json");
      ObjectNode config = (ObjectNode) Json.MAPPER.readTree(file.toFile());
      config.put(key, size);
      Files.writeString(file, config.toString());
      refused(Status.Code.INVALID_ARGUMENT, "", () -> load(model));
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {16_777_216, 2_000_000_000, 4_000_000_000L, -1, Long.MAX_VALUE})
  void anAddedTokenFarBehindTheOthers(long id) throws IOException {
    Path model = TestModels.save(folder.resolve("added" + id), TestModels.TINY, 7);
    Path file = model.resolve("tokenizer.json");
    ObjectNode tokenizer = (ObjectNode) Json.MAPPER.readTree(file.toFile());
    ((ObjectNode) tokenizer.withArray("added_tokens").get(0)).put("id", id);
    Files.writeString(file, tokenizer.toString());
    refused(Status.Code.INVALID_ARGUMENT, "token id: " + id, () -> load(model));
  }

  /** Whoever is first to find it says so: the one who loads the model, or the one who asks it. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
        "{% macro f(n) %}{{ g(n + 1) }}{% endmacro %}{% macro g(n) %}{{ f(n) }}{% endmacro %}{{"
            + " f(0) }}"
      })
  void aTemplateThatCallsItselfForEver(String template) throws IOException {
    Path model = TestModels.save(folder.resolve("macro" + template.length()), TestModels.TINY, 7);
    Files.writeString(model.resolve("chat_template.jinja"), template);
    String name = "macro" + template.length();
    GenerateRequest chat =
        GenerateRequest.newBuilder()
            .setModel(name)
            .setPrompt(
                Input.newBuilder()
                    .setChat(
                        Chat.newBuilder()
                            .addMessages(Message.newBuilder().setRole("user").setContent("Hello"))))
            .build();
    refused(
        Status.Code.INVALID_ARGUMENT,
        "",
        () -> {
          control()
              .loadModel(
                  LoadModelRequest.newBuilder().setName(name).setFolder(model.toString()).build());
          policy().generate(chat).next();
        });
  }

  @ParameterizedTest
  @ValueSource(strings = {"x", "é", "你", "🙂", "%", "\n"})
  void aLongValueIsCut(String letter) {
    GenerateRequest request =
        GenerateRequest.newBuilder()
            .setModel(letter.repeat(20_000))
            .setPrompt(RlaifClient.tokens(2))
            .build();
    StatusRuntimeException error =
        refused(Status.Code.NOT_FOUND, "model: " + letter, () -> policy().generate(request).next());
    String told = error.getStatus().getDescription();
    assertTrue(told.contains(" characters more] "), told);
    assertTrue(told.endsWith("(expected: one of [long, policy, reward, twin])"), told);
    assertTrue(told.length() <= 2100, told.length() + " characters");
  }

  @Test
  void theServerIsThereAfterwards() {
    assertTrue(
        policy()
            .generate(
                GenerateRequest.newBuilder()
                    .setModel("policy")
                    .setPrompt(RlaifClient.tokens(2, 9))
                    .build())
            .hasNext());
  }

  private static void load(Path model) {
    control()
        .loadModel(
            LoadModelRequest.newBuilder().setName("new").setFolder(model.toString()).build());
  }

  private static StatusRuntimeException refused(Status.Code code, String part, Runnable call) {
    StatusRuntimeException error =
        org.junit.jupiter.api.Assertions.assertThrows(StatusRuntimeException.class, call::run);
    assertTrue(error.getStatus().getCode() == code, error.getMessage());
    assertTrue(error.getStatus().getDescription().contains(part), error.getMessage());
    return error;
  }

  private static PolicyGrpc.PolicyBlockingStub policy() {
    return PolicyGrpc.newBlockingStub(server.tcp()).withDeadlineAfter(60, TimeUnit.SECONDS);
  }

  private static ControlGrpc.ControlBlockingStub control() {
    return ControlGrpc.newBlockingStub(server.tcp()).withDeadlineAfter(60, TimeUnit.SECONDS);
  }
}
