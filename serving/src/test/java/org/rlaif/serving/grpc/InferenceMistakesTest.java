package org.rlaif.serving.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.rlaif.serving.grpc.InferRequests.decimal;
import static org.rlaif.serving.grpc.InferRequests.flag;
import static org.rlaif.serving.grpc.InferRequests.head;
import static org.rlaif.serving.grpc.InferRequests.ids;
import static org.rlaif.serving.grpc.InferRequests.policy;
import static org.rlaif.serving.grpc.InferRequests.reward;
import static org.rlaif.serving.grpc.InferRequests.text;
import static org.rlaif.serving.grpc.InferRequests.texts;
import static org.rlaif.serving.grpc.InferRequests.whole;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlaif.inference.GRPCInferenceServiceGrpc;
import org.rlaif.inference.InferParameter;
import org.rlaif.inference.ModelInferRequest;
import org.rlaif.inference.ModelInferRequest.InferInputTensor;
import org.rlaif.inference.ModelInferRequest.InferRequestedOutputTensor;

/** What the protocol refuses: one sentence that names tensor or setting, value and expectation. */
class InferenceMistakesTest {
  @TempDir static Path folder;
  private static TestServer server;
  private static GRPCInferenceServiceGrpc.GRPCInferenceServiceBlockingStub stub;

  @BeforeAll
  static void start() {
    server = TestServer.start(folder);
    stub = GRPCInferenceServiceGrpc.newBlockingStub(server.tcp());
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Test
  void mistakesNameTensorValueAndExpectation() {
    InferInputTensor text = texts("text_input", List.of("a"));
    mistake("text_input: missing (expected: text_input or input_ids)", policy());
    mistake(
        "text_input: given beside input_ids (expected: text_input or input_ids)",
        policy(text, ids("input_ids", 2)));
    mistake("text_input: given twice (expected: once)", policy(text, text));
    mistake(
        "inputs: image (expected: some of [text_input, input_ids, sampling_parameters, stream,"
            + " exclude_input_in_output])",
        policy(texts("image", List.of("a"))));
    mistake(
        "text_input: datatype INT32 (expected: BYTES)",
        policy(text.toBuilder().setDatatype("INT32").build()));
    mistake(
        "text_input: shape [1, 1] (expected: [-1]; -1 is any size)",
        policy(text.toBuilder().addShape(1).build()));
    mistake(
        "input_ids: shape [-1, 2] (expected: [1, -1]; -1 is any size)",
        policy(ids("input_ids", 2, 3).toBuilder().setShape(0, -1).build()));
    mistake(
        "text_input: 1 elements (expected: as many as its shape [9223372036854775807] has)",
        policy(text.toBuilder().setShape(0, Long.MAX_VALUE).build()));
    mistake(
        "text_input: no elements (expected: at least one)", policy(texts("text_input", List.of())));
    mistake("input_ids: token id 300 (expected: from 0 to 299)", policy(ids("input_ids", 2, 300)));
    mistake(
        "input_ids: token id 4294967298 (expected: one of the vocabulary)",
        policy(ids("input_ids", 4_294_967_298L)));
    mistake(
        "text_input: parameters [shared_memory_region] (expected: none for a tensor)",
        policy(text.toBuilder().putParameters("shared_memory_region", text("x")).build()));
    mistake(
        "stream: true (expected: false; ModelInfer answers once, rlaif.v1.Policy/Generate"
            + " streams)",
        policy(text, flag("stream", true)));
    mistake(
        "exclude_input_in_output: false (expected: true; text_output is the completion alone)",
        policy(text, flag("exclude_input_in_output", false)));
    mistake(
        "outputs: scores (expected: some of [text_output, output_ids, logprobs,"
            + " num_output_tokens, finish_reason])",
        policy(text).addOutputs(InferRequestedOutputTensor.newBuilder().setName("scores")));
    mistake(
        "completion: 2 completions (expected: 1, one for each prompt)",
        reward(texts("prompt", List.of("a")), texts("completion", List.of("b", "c"))));
    mistake(
        "parameters: [temperature] (expected: none for a reward model)",
        reward(texts("prompt", List.of("a")), texts("completion", List.of("b")))
            .putParameters("temperature", whole(1)));
    String longer = "x".repeat(70);
    mistake(
        "text_input[1]: 71 tokens (expected: from 1 to 63; the context of policy is 64)",
        policy(texts("text_input", List.of("a", longer))));
    mistake(
        "completion[0]: 71 tokens (expected: from 1 to 62 after a prompt of 2; the context of"
            + " reward is 64)",
        reward(texts("prompt", List.of("a")), texts("completion", List.of(longer))));
  }

  @Test
  void mistakesInSettings() {
    InferInputTensor text = texts("text_input", List.of("a"));
    mistake(
        "temperature: -1.0 (expected: 0, or from 0.01 to 100)",
        policy(text).putParameters("temperature", decimal(-1)));
    mistake(
        "temperature: \"hot\" (expected: a number)",
        policy(text).putParameters("temperature", text("hot")));
    mistake(
        "max_tokens: 2.5 (expected: a whole number)",
        policy(text).putParameters("max_tokens", decimal(2.5)));
    mistake("n: 0 (expected: >= 1)", policy(text).putParameters("n", whole(0)));
    mistake(
        "seed: nothing (expected: a value)",
        policy(text).putParameters("seed", InferParameter.getDefaultInstance()));
    String known =
        "some of [temperature, top_k, top_p, max_tokens, seed, min_p, repetition_penalty,"
            + " presence_penalty, frequency_penalty, logit_bias, min_tokens, stop_strings,"
            + " stop_token_ids, n, stop]";
    mistake(
        "parameters: top_logprobs (expected: " + known + ")",
        policy(text).putParameters("top_logprobs", whole(1)));
    mistake(
        "sampling_parameters: best_of (expected: " + known + ")",
        policy(text, texts("sampling_parameters", List.of("{\"best_of\": 2}"))));
    mistake(
        "sampling_parameters: [1] (expected: a JSON object)",
        policy(text, texts("sampling_parameters", List.of("[1]"))));
    mistake(
        "stop_strings: given twice (expected: once)",
        policy(
            text,
            texts("sampling_parameters", List.of("{\"stop\": \"a\", \"stop_strings\": [\"b\"]}"))));
    StatusRuntimeException broken =
        refused(policy(text, texts("sampling_parameters", List.of("{"))));
    assertTrue(
        broken.getMessage().endsWith("sampling_parameters: not JSON (line 1, column 2)"),
        broken.getMessage());
    assertEquals(1, broken.getMessage().lines().count());
  }

  @Test
  void mistakesInRawBytes() {
    InferInputTensor text = head("text_input", "BYTES", 1);
    mistake(
        "raw_input_contents: 2 tensors (expected: 1, one for each of inputs, or none)",
        policy(text).addRawInputContents(ByteString.EMPTY).addRawInputContents(ByteString.EMPTY));
    mistake(
        "text_input: contents beside raw_input_contents (expected: one of them)",
        policy(texts("text_input", List.of("a"))).addRawInputContents(ByteString.EMPTY));
    mistake(
        "text_input: 0 elements (expected: as many as its shape [1] has)",
        policy(text).addRawInputContents(ByteString.EMPTY));
    for (byte[] cut : List.of(new byte[] {1, 0, 0}, new byte[] {2, 0, 0, 0, 'a'})) {
      mistake(
          "text_input: "
              + cut.length
              + " raw bytes, which end within element 0 (expected: elements behind their lengths"
              + " in 4 bytes)",
          policy(text).addRawInputContents(ByteString.copyFrom(cut)));
    }
    byte[] negative = {-1, -1, -1, -1, 'a'};
    assertTrue(
        refused(policy(text).addRawInputContents(ByteString.copyFrom(negative)))
            .getMessage()
            .contains("end within element 0"));
    byte[] broken = {1, 0, 0, 0, (byte) 0xff};
    mistake(
        "text_input[0]: bytes (expected: text in UTF-8)",
        policy(text).addRawInputContents(ByteString.copyFrom(broken)));
    mistake(
        "input_ids: 9 raw bytes (expected: a multiple of 8, the size of an element)",
        policy(head("input_ids", "INT64", 1, 1))
            .addRawInputContents(ByteString.copyFrom(new byte[9])));
  }

  @Test
  void anotherVersionIsNotFound() {
    StatusRuntimeException error =
        refused(policy(texts("text_input", List.of("a"))).setModelVersion("2"));
    assertEquals(Status.Code.NOT_FOUND, error.getStatus().getCode());
    assertEquals(
        "version: 2 (expected: 1, the version of policy's weights that serves, or none)",
        error.getStatus().getDescription());
    assertEquals(
        "model: nobody (expected: one of [long, policy, reward, twin])",
        refused(policy(texts("text_input", List.of("a"))).setModelName("nobody"))
            .getStatus()
            .getDescription());
  }

  private static void mistake(String sentence, ModelInferRequest.Builder request) {
    StatusRuntimeException error = refused(request);
    assertEquals(sentence, error.getStatus().getDescription());
    assertEquals(Status.Code.INVALID_ARGUMENT, error.getStatus().getCode());
  }

  private static StatusRuntimeException refused(ModelInferRequest.Builder request) {
    return assertThrows(StatusRuntimeException.class, () -> stub.modelInfer(request.build()));
  }
}
