package org.rlaif.serving.grpc;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.rlaif.inference.InferParameter;
import org.rlaif.inference.InferTensorContents;
import org.rlaif.inference.ModelInferRequest;
import org.rlaif.inference.ModelInferRequest.InferRequestedOutputTensor;
import org.rlaif.inference.ModelInferResponse;
import org.rlaif.inference.ModelInferResponse.InferOutputTensor;
import org.rlaif.kit.UserError;
import org.rlaif.v1.Usage;

/** The answer to a request: the tensors that it asks for, raw if its own were. */
final class InferOutputs {
  /** The parameters in which an answer tells its numbers of tokens. */
  static final String PROMPT_TOKENS = "prompt_tokens";

  static final String COMPLETION_TOKENS = "completion_tokens";

  private final ModelInferRequest request;
  private final List<String> wanted;
  private final Map<String, InferOutputTensor> made = new LinkedHashMap<>();

  /** Refuses a request for what the model does not give. */
  InferOutputs(ModelInferRequest request, List<TensorSignature> signatures) {
    List<String> known = TensorSignature.names(signatures);
    List<String> names =
        request.getOutputsList().stream().map(InferRequestedOutputTensor::getName).toList();
    for (InferRequestedOutputTensor each : request.getOutputsList()) {
      String name = each.getName().isEmpty() ? "\"\"" : each.getName();
      UserError.require(known.contains(name), "outputs", name, "some of " + known);
      UserError.require(
          each.getParametersCount() == 0,
          name,
          "parameters " + each.getParametersMap().keySet(),
          "none for a tensor");
    }
    UserError.require(
        new HashSet<>(names).size() == names.size(), "outputs", names, "every name once");
    this.request = request;
    this.wanted = names.isEmpty() ? known : names;
  }

  void texts(TensorSignature tensor, List<String> elements) {
    var contents = InferTensorContents.newBuilder();
    elements.forEach(each -> contents.addBytesContents(ByteString.copyFromUtf8(each)));
    put(tensor, List.of((long) elements.size()), contents);
  }

  void ids(TensorSignature tensor, List<Long> shape, List<Long> elements) {
    put(tensor, shape, InferTensorContents.newBuilder().addAllInt64Contents(elements));
  }

  void counts(TensorSignature tensor, List<Integer> elements) {
    var contents = InferTensorContents.newBuilder().addAllUintContents(elements);
    put(tensor, List.of((long) elements.size()), contents);
  }

  void numbers(TensorSignature tensor, List<Long> shape, List<Float> elements) {
    put(tensor, shape, InferTensorContents.newBuilder().addAllFp32Contents(elements));
  }

  private void put(TensorSignature tensor, List<Long> shape, InferTensorContents.Builder contents) {
    made.put(
        tensor.name(),
        InferOutputTensor.newBuilder()
            .setName(tensor.name())
            .setDatatype(tensor.kind().name())
            .addAllShape(shape)
            .setContents(contents)
            .build());
  }

  /** The answer, when all tensors are made. */
  ModelInferResponse response(long weightsVersion, Usage usage) {
    boolean raw = request.getRawInputContentsCount() > 0;
    var response =
        ModelInferResponse.newBuilder()
            .setModelName(request.getModelName())
            .setModelVersion(Long.toString(weightsVersion))
            .setId(request.getId())
            .putParameters(PROMPT_TOKENS, number(usage.getPromptTokens()))
            .putParameters(COMPLETION_TOKENS, number(usage.getCompletionTokens()));
    for (String name : wanted) {
      InferOutputTensor tensor = made.get(name);
      if (tensor == null) {
        throw new IllegalStateException("nobody made " + name);
      }
      if (raw) {
        response.addOutputs(tensor.toBuilder().clearContents());
        response.addRawOutputContents(bytes(tensor.getContents()));
      } else {
        response.addOutputs(tensor);
      }
    }
    return response.build();
  }

  private static InferParameter number(long value) {
    return InferParameter.newBuilder().setInt64Param(value).build();
  }

  /** One of its lists has elements, or none has. */
  private static ByteString bytes(InferTensorContents contents) {
    int lengths =
        contents.getBytesContentsList().stream().mapToInt(e -> Integer.BYTES + e.size()).sum();
    int size =
        lengths
            + contents.getInt64ContentsCount() * Long.BYTES
            + contents.getUintContentsCount() * Integer.BYTES
            + contents.getFp32ContentsCount() * Float.BYTES;
    ByteBuffer bytes = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    for (ByteString element : contents.getBytesContentsList()) {
      bytes.putInt(element.size());
      element.copyTo(bytes);
    }
    contents.getInt64ContentsList().forEach(bytes::putLong);
    contents.getUintContentsList().forEach(bytes::putInt);
    contents.getFp32ContentsList().forEach(bytes::putFloat);
    return ByteString.copyFrom(bytes.flip());
  }
}
