package org.rlaif.serving.grpc;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.List;
import org.rlaif.inference.InferParameter;
import org.rlaif.inference.ModelInferRequest;
import org.rlaif.inference.ModelInferRequest.InferInputTensor;

/** Requests of the Open Inference Protocol, put together by hand. */
final class InferRequests {
  private InferRequests() {}

  static ModelInferRequest.Builder policy(InferInputTensor... inputs) {
    return ModelInferRequest.newBuilder().setModelName("policy").addAllInputs(List.of(inputs));
  }

  static ModelInferRequest.Builder reward(InferInputTensor... inputs) {
    return policy(inputs).setModelName("reward");
  }

  static InferInputTensor head(String name, String datatype, long... shape) {
    List<Long> sizes = new ArrayList<>();
    for (long size : shape) {
      sizes.add(size);
    }
    return InferInputTensor.newBuilder()
        .setName(name)
        .setDatatype(datatype)
        .addAllShape(sizes)
        .build();
  }

  static InferInputTensor texts(String name, List<String> texts) {
    InferInputTensor.Builder tensor = head(name, "BYTES", texts.size()).toBuilder();
    texts.forEach(
        each -> tensor.getContentsBuilder().addBytesContents(ByteString.copyFromUtf8(each)));
    return tensor.build();
  }

  static InferInputTensor ids(String name, long... ids) {
    InferInputTensor.Builder tensor = head(name, "INT64", 1, ids.length).toBuilder();
    for (long id : ids) {
      tensor.getContentsBuilder().addInt64Contents(id);
    }
    return tensor.build();
  }

  static InferInputTensor flag(String name, boolean value) {
    InferInputTensor.Builder tensor = head(name, "BOOL", 1).toBuilder();
    tensor.getContentsBuilder().addBoolContents(value);
    return tensor.build();
  }

  static InferParameter whole(long value) {
    return InferParameter.newBuilder().setInt64Param(value).build();
  }

  static InferParameter decimal(double value) {
    return InferParameter.newBuilder().setDoubleParam(value).build();
  }

  static InferParameter text(String value) {
    return InferParameter.newBuilder().setStringParam(value).build();
  }
}
