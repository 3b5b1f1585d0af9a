package org.rlaif.serving.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
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
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlaif.client.RlaifClient;
import org.rlaif.inference.GRPCInferenceServiceGrpc;
import org.rlaif.inference.InferTensorContents;
import org.rlaif.inference.ModelConfig;
import org.rlaif.inference.ModelConfigRequest;
import org.rlaif.inference.ModelInferRequest;
import org.rlaif.inference.ModelInferRequest.InferRequestedOutputTensor;
import org.rlaif.inference.ModelInferResponse;
import org.rlaif.inference.ModelInferResponse.InferOutputTensor;
import org.rlaif.inference.ModelMetadataRequest;
import org.rlaif.inference.ModelMetadataResponse;
import org.rlaif.inference.ModelReadyRequest;
import org.rlaif.inference.ServerLiveRequest;
import org.rlaif.inference.ServerMetadataRequest;
import org.rlaif.inference.ServerReadyRequest;
import org.rlaif.serving.engine.TestModels;
import org.rlaif.v1.RolloutRequest;
import org.rlaif.v1.RolloutResponse;
import org.rlaif.v1.Sampling;
import org.rlaif.v1.ScoreRequest;

/** The protocol's plain stubs against a real server; what rlaif.v1 gives is what it must give. */
class InferenceServiceTest {
  private static final List<String> PROMPTS = List.of("My sister wants my car.", "No");

  @TempDir static Path folder;
  private static TestServer server;
  private static GRPCInferenceServiceGrpc.GRPCInferenceServiceBlockingStub stub;
  private static RlaifClient client;

  @BeforeAll
  static void start() {
    server = TestServer.start(folder);
    stub = GRPCInferenceServiceGrpc.newBlockingStub(server.tcp());
    client = RlaifClient.open(server.address(), Duration.ofSeconds(30));
  }

  @AfterAll
  static void stop() {
    client.close();
    server.close();
  }

  @Test
  void theServerAndItsModelsDescribeThemselves() {
    assertTrue(stub.serverLive(ServerLiveRequest.getDefaultInstance()).getLive());
    assertTrue(stub.serverReady(ServerReadyRequest.getDefaultInstance()).getReady());
    assertEquals(
        "rlaif", stub.serverMetadata(ServerMetadataRequest.getDefaultInstance()).getName());
    assertTrue(ready("policy", ""));
    assertTrue(ready("policy", "1"));
    assertFalse(ready("policy", "2"));
    assertFalse(ready("nobody", ""));
    ModelMetadataResponse policy =
        stub.modelMetadata(ModelMetadataRequest.newBuilder().setName("policy").build());
    assertEquals(List.of("1"), policy.getVersionsList());
    assertEquals("rlaif_policy", policy.getPlatform());
    assertEquals(
        List.of(
            "text_input BYTES [-1]",
            "input_ids INT64 [1, -1]",
            "sampling_parameters BYTES [1]",
            "stream BOOL [1]",
            "exclude_input_in_output BOOL [1]"),
        policy.getInputsList().stream().map(InferenceServiceTest::told).toList());
    assertEquals(
        List.of(
            "text_output BYTES [-1]",
            "output_ids INT64 [-1, -1]",
            "logprobs FP32 [-1, -1]",
            "num_output_tokens UINT32 [-1]",
            "finish_reason BYTES [-1]"),
        policy.getOutputsList().stream().map(InferenceServiceTest::told).toList());
    ModelMetadataResponse reward =
        stub.modelMetadata(ModelMetadataRequest.newBuilder().setName("reward").build());
    assertEquals(
        List.of(
            "prompt BYTES [-1]",
            "prompt_ids INT64 [1, -1]",
            "completion BYTES [-1]",
            "completion_ids INT64 [1, -1]"),
        reward.getInputsList().stream().map(InferenceServiceTest::told).toList());
    assertEquals("scores FP32 [-1]", told(reward.getOutputs(0)));
    ModelConfig config =
        stub.modelConfig(ModelConfigRequest.newBuilder().setName("policy").build()).getConfig();
    assertEquals(0, config.getMaxBatchSize());
    assertTrue(config.getInputList().stream().allMatch(each -> each.getOptional()));
    assertEquals(5, config.getOutputCount());
  }

  @Test
  void aPolicyGivesWhatARolloutGives() {
    Sampling sampling =
        Sampling.newBuilder().setTemperature(0.7f).setMaxTokens(12).setSeed(5).build();
    List<RolloutResponse> rows =
        client.rollout(
            RolloutRequest.newBuilder()
                .setModel("policy")
                .addPrompts(RlaifClient.text(PROMPTS.get(0)))
                .addPrompts(RlaifClient.text(PROMPTS.get(1)))
                .setSamples(3)
                .setSampling(sampling)
                .build());
    ModelInferResponse typed =
        stub.modelInfer(
            policy(texts("text_input", PROMPTS))
                .setId("seven")
                .setModelVersion("1")
                .putParameters("temperature", decimal(0.7))
                .putParameters("max_tokens", whole(12))
                .putParameters("seed", text("5"))
                .putParameters("n", whole(3))
                .build());
    assertEquals("seven", typed.getId());
    assertEquals("policy", typed.getModelName());
    assertEquals("1", typed.getModelVersion());
    assertEquals(0, typed.getRawOutputContentsCount());
    int longest = rows.stream().mapToInt(RolloutResponse::getTokenIdsCount).max().orElseThrow();
    assertEquals(List.of(6L), typed.getOutputs(0).getShapeList());
    assertEquals(List.of(6L, (long) longest), typed.getOutputs(1).getShapeList());
    int tokens = 0;
    for (int i = 0; i < 6; i++) {
      RolloutResponse row = rows.get(i);
      assertEquals(row.getText(), contents(typed, 0).getBytesContents(i).toStringUtf8());
      int length = contents(typed, 3).getUintContents(i);
      assertEquals(row.getTokenIdsCount(), length);
      tokens += length;
      for (int t = 0; t < longest; t++) {
        long id = contents(typed, 1).getInt64Contents(i * longest + t);
        float logprob = contents(typed, 2).getFp32Contents(i * longest + t);
        assertEquals(t < length ? row.getTokenIds(t) : TestModels.PADDING, id);
        assertEquals(t < length ? row.getLogprobs(t) : 0f, logprob);
      }
    }
    assertEquals(tokens, typed.getParametersOrThrow("completion_tokens").getInt64Param());
    int prompts = rows.get(0).getPromptTokenIdsCount() + rows.get(3).getPromptTokenIdsCount();
    assertEquals(prompts, typed.getParametersOrThrow("prompt_tokens").getInt64Param());
  }

  /** Little-endian bytes written and read by hand. */
  @Test
  void rawIsTheSameInBytes() {
    ModelInferRequest.Builder typed =
        policy(texts("text_input", PROMPTS)).putParameters("max_tokens", whole(5));
    ModelInferResponse expected = stub.modelInfer(typed.build());
    ByteBuffer bytes = ByteBuffer.allocate(100).order(ByteOrder.LITTLE_ENDIAN);
    for (String prompt : PROMPTS) {
      byte[] text = prompt.getBytes(StandardCharsets.UTF_8);
      bytes.put(new byte[] {(byte) text.length, 0, 0, 0}).put(text);
    }
    ModelInferRequest.Builder raw =
        typed.clone().addRawInputContents(ByteString.copyFrom(bytes.flip()));
    raw.getInputsBuilder(0).clearContents();
    ModelInferResponse response = stub.modelInfer(raw.build());
    assertEquals(5, response.getRawOutputContentsCount());
    for (InferOutputTensor output : response.getOutputsList()) {
      assertFalse(output.hasContents(), output.getName());
    }
    ByteBuffer texts = response.getRawOutputContents(0).asReadOnlyByteBuffer();
    for (ByteString text : contents(expected, 0).getBytesContentsList()) {
      assertEquals(text.size(), texts.order(ByteOrder.LITTLE_ENDIAN).getInt());
      byte[] read = new byte[text.size()];
      texts.get(read);
      assertEquals(text, ByteString.copyFrom(read));
    }
    assertFalse(texts.hasRemaining());
    ByteBuffer ids = response.getRawOutputContents(1).asReadOnlyByteBuffer();
    contents(expected, 1)
        .getInt64ContentsList()
        .forEach(id -> assertEquals(id, ids.order(ByteOrder.LITTLE_ENDIAN).getLong()));
    ByteBuffer logprobs = response.getRawOutputContents(2).asReadOnlyByteBuffer();
    contents(expected, 2)
        .getFp32ContentsList()
        .forEach(p -> assertEquals(p, logprobs.order(ByteOrder.LITTLE_ENDIAN).getFloat()));
    ByteBuffer counts = response.getRawOutputContents(3).asReadOnlyByteBuffer();
    contents(expected, 3)
        .getUintContentsList()
        .forEach(n -> assertEquals(n, counts.order(ByteOrder.LITTLE_ENDIAN).getInt()));
    assertFalse(ids.hasRemaining() || logprobs.hasRemaining() || counts.hasRemaining());

    // Ids, and two flags of a byte each.
    ByteBuffer tokens = ByteBuffer.allocate(24).order(ByteOrder.LITTLE_ENDIAN);
    tokens.putLong(2).putLong(9).putLong(250);
    ModelInferResponse byIds =
        stub.modelInfer(
            policy(head("input_ids", "INT64", 1, 3), head("stream", "BOOL", 1))
                .putParameters("max_tokens", whole(5))
                .addRawInputContents(ByteString.copyFrom(tokens.flip()))
                .addRawInputContents(ByteString.copyFrom(new byte[] {0}))
                .build());
    ModelInferResponse typedIds =
        stub.modelInfer(
            policy(ids("input_ids", 2, 9, 250)).putParameters("max_tokens", whole(5)).build());
    assertEquals(
        contents(typedIds, 0).getBytesContents(0),
        byIds.getRawOutputContents(0).substring(Integer.BYTES));
  }

  @Test
  void settingsMayBeJsonInATensor() {
    String json =
        "{\"temperature\": \"0.5\", \"max_tokens\": 20, \"n\": 2, \"stop\": [\"e\", \"a\"],"
            + " \"logit_bias\": {\"5\": 1.5}, \"seed\": 18446744073709551615}";
    ModelInferResponse byJson =
        stub.modelInfer(
            policy(
                    texts("text_input", List.of("No")),
                    texts("sampling_parameters", List.of(json)),
                    flag("stream", false),
                    flag("exclude_input_in_output", true))
                .build());
    List<RolloutResponse> rows =
        client.rollout(
            RolloutRequest.newBuilder()
                .setModel("policy")
                .addPrompts(RlaifClient.text("No"))
                .setSamples(2)
                .setSampling(
                    Sampling.newBuilder()
                        .setTemperature(0.5f)
                        .setMaxTokens(20)
                        .addStopStrings("e")
                        .addStopStrings("a")
                        .putLogitBias(5, 1.5f)
                        .setSeed(-1))
                .build());
    assertEquals(
        rows.stream().map(each -> ByteString.copyFromUtf8(each.getText())).toList(),
        contents(byJson, 0).getBytesContentsList());
    List<String> reasons =
        contents(byJson, 4).getBytesContentsList().stream().map(ByteString::toStringUtf8).toList();
    for (int i = 0; i < 2; i++) {
      boolean full = rows.get(i).getFinishReasonValue() == 2;
      assertEquals(full ? "length" : "stop", reasons.get(i));
    }
  }

  @Test
  void onlyWhatIsAskedForComesInItsOrder() {
    ModelInferResponse response =
        stub.modelInfer(
            policy(texts("text_input", PROMPTS))
                .putParameters("max_tokens", whole(2))
                .addOutputs(InferRequestedOutputTensor.newBuilder().setName("logprobs"))
                .addOutputs(InferRequestedOutputTensor.newBuilder().setName("text_output"))
                .build());
    assertEquals(
        List.of("logprobs", "text_output"),
        response.getOutputsList().stream().map(InferOutputTensor::getName).toList());
  }

  @Test
  void aRewardModelGivesItsScores() {
    List<Float> expected =
        client
            .score(
                ScoreRequest.newBuilder()
                    .setModel("reward")
                    .addItems(
                        ScoreRequest.Item.newBuilder()
                            .setPrompt(RlaifClient.text("a"))
                            .setCompletion(RlaifClient.text("b")))
                    .addItems(
                        ScoreRequest.Item.newBuilder()
                            .setPrompt(RlaifClient.tokens(2, 9))
                            .setCompletion(RlaifClient.tokens(5, 1)))
                    .build())
            .getScoresList();
    ModelInferResponse byText =
        stub.modelInfer(
            reward(texts("prompt", List.of("a")), texts("completion", List.of("b"))).build());
    assertEquals(expected.subList(0, 1), contents(byText, 0).getFp32ContentsList());
    assertEquals("scores", byText.getOutputs(0).getName());
    assertEquals(List.of(1L), byText.getOutputs(0).getShapeList());
    ModelInferResponse byIds =
        stub.modelInfer(reward(ids("prompt_ids", 2, 9), ids("completion_ids", 5, 1)).build());
    assertEquals(expected.subList(1, 2), contents(byIds, 0).getFp32ContentsList());
    ByteString element = ByteString.copyFrom(new byte[] {1, 0, 0, 0, 'a'});
    ModelInferResponse raw =
        stub.modelInfer(
            reward(head("prompt", "BYTES", 1), head("completion", "BYTES", 1))
                .addRawInputContents(element)
                .addRawInputContents(ByteString.copyFrom(new byte[] {1, 0, 0, 0, 'b'}))
                .build());
    assertEquals(
        expected.get(0),
        raw.getRawOutputContents(0)
            .asReadOnlyByteBuffer()
            .order(ByteOrder.LITTLE_ENDIAN)
            .getFloat());
  }

  /** Without our stubs: what the server tells of itself, and JSON. */
  @Test
  void reflectionIsEnough() {
    var reflected = new Reflected(server.tcp());
    assertTrue(reflected.services().contains("inference.GRPCInferenceService"));
    List<String> answer =
        reflected.call(
            "inference.GRPCInferenceService/ModelInfer",
            "{\"model_name\": \"policy\", \"inputs\": [{\"name\": \"input_ids\", \"datatype\":"
                + " \"INT64\", \"shape\": [1, 2], \"contents\": {\"int64_contents\": [2, 9]}}],"
                + " \"parameters\": {\"max_tokens\": {\"int64_param\": 3},"
                + " \"min_tokens\": {\"int64_param\": 3}},"
                + " \"outputs\": [{\"name\": \"num_output_tokens\"}]}");
    assertTrue(answer.get(0).contains("\"contents\":{\"uintContents\":[3]}"), answer.toString());
  }

  private static boolean ready(String model, String version) {
    return stub.modelReady(
            ModelReadyRequest.newBuilder().setName(model).setVersion(version).build())
        .getReady();
  }

  private static String told(ModelMetadataResponse.TensorMetadata tensor) {
    return tensor.getName() + " " + tensor.getDatatype() + " " + tensor.getShapeList();
  }

  private static InferTensorContents contents(ModelInferResponse response, int output) {
    return response.getOutputs(output).getContents();
  }
}
