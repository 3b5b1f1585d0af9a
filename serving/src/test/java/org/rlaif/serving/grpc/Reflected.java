package org.rlaif.serving.grpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Calls a server in JSON with nothing but what it tells of itself, as grpcurl does: without our
 * stubs and proto files.
 */
record Reflected(Channel channel) {
  /** The names of all services. */
  List<String> services() {
    return ask(ServerReflectionRequest.newBuilder().setListServices("").build())
        .getListServicesResponse()
        .getServiceList()
        .stream()
        .map(each -> each.getName())
        .toList();
  }

  /** The fields of a message, and everything else in its file. */
  FileDescriptor file(String symbol) {
    ServerReflectionRequest request =
        ServerReflectionRequest.newBuilder().setFileContainingSymbol(symbol).build();
    ServerReflectionResponse response = ask(request);
    if (response.hasErrorResponse()) {
      throw new AssertionError(symbol + ": " + response.getErrorResponse().getErrorMessage());
    }
    Map<String, FileDescriptorProto> files = new HashMap<>();
    String first = null;
    for (ByteString bytes : response.getFileDescriptorResponse().getFileDescriptorProtoList()) {
      try {
        FileDescriptorProto file = FileDescriptorProto.parseFrom(bytes);
        files.put(file.getName(), file);
        first = first == null ? file.getName() : first;
      } catch (InvalidProtocolBufferException e) {
        throw new AssertionError(symbol, e);
      }
    }
    return build(first, files);
  }

  /** A method by its full name, such as {@code rlaif.v1.Policy/Generate}. */
  MethodDescriptor method(String name) {
    String service = name.substring(0, name.indexOf('/'));
    ServiceDescriptor found =
        file(service).findServiceByName(service.substring(service.lastIndexOf('.') + 1));
    MethodDescriptor method = found.findMethodByName(name.substring(name.indexOf('/') + 1));
    if (method == null) {
      throw new AssertionError(name + ": there is no such method");
    }
    return method;
  }

  /** All answers, as JSON in one line each. */
  List<String> call(String name, String json) {
    MethodDescriptor method = method(name);
    var call =
        io.grpc.MethodDescriptor.<DynamicMessage, DynamicMessage>newBuilder()
            .setFullMethodName(name)
            .setType(
                method.isServerStreaming()
                    ? io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING
                    : io.grpc.MethodDescriptor.MethodType.UNARY)
            .setRequestMarshaller(
                ProtoUtils.marshaller(DynamicMessage.getDefaultInstance(method.getInputType())))
            .setResponseMarshaller(
                ProtoUtils.marshaller(DynamicMessage.getDefaultInstance(method.getOutputType())))
            .build();
    List<String> answers = new ArrayList<>();
    try {
      var request = DynamicMessage.newBuilder(method.getInputType());
      JsonFormat.parser().merge(json, request);
      CallOptions options = CallOptions.DEFAULT.withDeadlineAfter(30, TimeUnit.SECONDS);
      var messages =
          ClientCalls.blockingServerStreamingCall(channel, call, options, request.build());
      while (messages.hasNext()) {
        answers.add(JsonFormat.printer().omittingInsignificantWhitespace().print(messages.next()));
      }
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(name + " " + json + ": " + e.getMessage(), e);
    }
    return answers;
  }

  private static FileDescriptor build(String name, Map<String, FileDescriptorProto> files) {
    FileDescriptorProto file = files.get(name);
    FileDescriptor[] imports =
        file.getDependencyList().stream()
            .map(each -> build(each, files))
            .toArray(FileDescriptor[]::new);
    try {
      return FileDescriptor.buildFrom(file, imports);
    } catch (DescriptorValidationException e) {
      throw new AssertionError(name, e);
    }
  }

  private ServerReflectionResponse ask(ServerReflectionRequest request) {
    var answer = new CompletableFuture<ServerReflectionResponse>();
    StreamObserver<ServerReflectionRequest> asking =
        ServerReflectionGrpc.newStub(channel)
            .serverReflectionInfo(
                new StreamObserver<>() {
                  @Override
                  public void onNext(ServerReflectionResponse response) {
                    answer.complete(response);
                  }

                  @Override
                  public void onError(Throwable failure) {
                    answer.completeExceptionally(failure);
                  }

                  @Override
                  public void onCompleted() {}
                });
    asking.onNext(request);
    ServerReflectionResponse response = answer.orTimeout(20, TimeUnit.SECONDS).join();
    asking.onCompleted();
    return response;
  }
}
