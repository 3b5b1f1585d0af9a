package org.rlaif.serving.grpc;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;

/**
 * Who calls: what the {@code client-id} metadata says, else the connection. Clients take turns at
 * the slots; it is no proof of anything.
 */
final class ClientIdentity implements ServerInterceptor {
  static final Metadata.Key<String> HEADER =
      Metadata.Key.of("client-id", Metadata.ASCII_STRING_MARSHALLER);

  private static final Context.Key<String> CLIENT = Context.keyWithDefault("client", "");

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    Context context = Context.current().withValue(CLIENT, of(call, headers));
    return Contexts.interceptCall(context, call, headers, next);
  }

  static String of(ServerCall<?, ?> call, Metadata headers) {
    String said = headers.get(HEADER);
    return CallRecord.isPlain(said)
        ? "client " + said
        : "connection " + call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
  }

  /** The client of the call that this thread serves. */
  static String current() {
    return CLIENT.get();
  }
}
