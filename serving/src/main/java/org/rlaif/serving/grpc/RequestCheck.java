package org.rlaif.serving.grpc;

import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.ServerCall;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import org.rlaif.kit.UserError;

/**
 * Around a service: bytes that are no message, a message that is missing and one too many are the
 * caller's mistakes. gRPC itself, which parses before any interceptor hears of it, would end such a
 * call as UNKNOWN or INTERNAL, with a stack trace in the log.
 */
final class RequestCheck {
  /** What came instead of a message. */
  private record Malformed(Status why) {}

  private RequestCheck() {}

  static ServerServiceDefinition around(ServerServiceDefinition service) {
    ServiceDescriptor strict = service.getServiceDescriptor();
    ServiceDescriptor.Builder descriptor =
        ServiceDescriptor.newBuilder(strict.getName())
            .setSchemaDescriptor(strict.getSchemaDescriptor());
    List<ServerMethodDefinition<?, ?>> methods = new ArrayList<>();
    for (ServerMethodDefinition<?, ?> method : service.getMethods()) {
      methods.add(checked(method));
    }
    methods.forEach(method -> descriptor.addMethod(method.getMethodDescriptor()));
    ServerServiceDefinition.Builder checked = ServerServiceDefinition.builder(descriptor.build());
    methods.forEach(checked::addMethod);
    return checked.build();
  }

  private static <Q, R> ServerMethodDefinition<Object, R> checked(
      ServerMethodDefinition<Q, R> method) {
    MethodDescriptor<Q, R> strict = method.getMethodDescriptor();
    return ServerMethodDefinition.create(
        strict.toBuilder(lenient(strict), strict.getResponseMarshaller()).build(),
        (call, headers) ->
            new Checked<>(
                method.getServerCallHandler().startCall(RequestCheck.<Q, R>cast(call), headers),
                call));
  }

  /** Nobody asks a call for its requests: they come to its listener. */
  @SuppressWarnings("unchecked")
  private static <Q, R> ServerCall<Q, R> cast(ServerCall<Object, R> call) {
    return (ServerCall<Q, R>) (ServerCall<?, R>) call;
  }

  private static <Q> Marshaller<Object> lenient(MethodDescriptor<Q, ?> method) {
    return new Marshaller<>() {
      @Override
      public InputStream stream(Object request) {
        throw new UnsupportedOperationException("a server sends no requests");
      }

      @Override
      public Object parse(InputStream bytes) {
        try {
          return method.parseRequest(bytes);
        } catch (RuntimeException e) {
          return new Malformed(why(method, e));
        }
      }
    };
  }

  private static Status why(MethodDescriptor<?, ?> method, RuntimeException failure) {
    if (failure instanceof StatusRuntimeException known
        && known.getStatus().getCode() != Status.Code.INTERNAL) {
      return known.getStatus(); // too large once it is unpacked, say
    }
    Throwable cause = failure.getCause() == null ? failure : failure.getCause();
    return mistake(
        "bytes that are no message (" + cause.getMessage() + ")",
        "a message of " + method.getFullMethodName());
  }

  private static Status mistake(String what, String expectation) {
    return ErrorMapping.invalid(UserError.expected("request", what, expectation));
  }

  /** Hands on what is as it should be; the first mistake ends the call. */
  private static final class Checked<Q> extends SimpleForwardingServerCallListener<Object> {
    private final ServerCall<Object, ?> call;
    private final boolean wantsOne;
    private boolean hasOne;
    private boolean refused;

    @SuppressWarnings("unchecked") // the marshaller of this method made its messages
    Checked(ServerCall.Listener<Q> next, ServerCall<Object, ?> call) {
      super((ServerCall.Listener<Object>) next);
      this.call = call;
      this.wantsOne = call.getMethodDescriptor().getType().clientSendsOneMessage();
    }

    @Override
    public void onMessage(Object request) {
      if (refused) {
        return;
      }
      if (request instanceof Malformed malformed) {
        refuse(malformed.why());
      } else if (wantsOne && hasOne) {
        refuse(mistake("more than one message", "one"));
      } else {
        hasOne = true;
        super.onMessage(request);
      }
    }

    @Override
    public void onHalfClose() {
      if (wantsOne && !hasOne && !refused) {
        refuse(mistake("no message", "one"));
      } else if (!refused) {
        super.onHalfClose();
      }
    }

    private void refuse(Status why) {
      refused = true;
      call.close(why, new Metadata());
    }
  }
}
