package org.rlaif.serving.grpc;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/**
 * Who calls: the name in the certificate that a client showed, else what the {@code client-id}
 * metadata says, else the connection. Clients take turns at the slots, and each may fill a part of
 * the queue. Only the certificate is a proof of anything.
 */
final class ClientIdentity implements ServerInterceptor {
  static final Metadata.Key<String> HEADER =
      Metadata.Key.of("client-id", Metadata.ASCII_STRING_MARSHALLER);

  private static final Context.Key<String> CLIENT = Context.keyWithDefault("client", "");
  private static final Context.Key<Object> CONNECTION =
      Context.keyWithDefault("connection", new Object());

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    Object connection = call.getAttributes().get(Connections.CONNECTION);
    Context context =
        Context.current()
            .withValues(
                CLIENT,
                of(call, headers),
                CONNECTION,
                connection == null ? new Object() : connection);
    return Contexts.interceptCall(context, call, headers, next);
  }

  static String of(ServerCall<?, ?> call, Metadata headers) {
    SSLSession tls = call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
    if (tls != null) {
      try {
        return "certificate " + tls.getPeerPrincipal().getName();
      } catch (SSLPeerUnverifiedException e) { // it showed none, and need not
      }
    }
    String said = headers.get(HEADER);
    return CallRecord.isPlain(said)
        ? "client " + said
        : "connection " + call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
  }

  /** What the connection is known by of the call that this thread serves. */
  static Object connection() {
    return CONNECTION.get();
  }

  /** The client of the call that this thread serves. */
  static String current() {
    return CLIENT.get();
  }
}
