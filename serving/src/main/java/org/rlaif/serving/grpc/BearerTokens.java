package org.rlaif.serving.grpc;

import com.google.common.hash.Hashing;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.rlaif.inference.GRPCInferenceServiceGrpc;
import org.rlaif.v1.ControlGrpc;
import org.rlaif.v1.JudgeGrpc;
import org.rlaif.v1.PolicyGrpc;
import org.rlaif.v1.RewardGrpc;

/**
 * Lets a call in that shows a token with the right to it. What is not listed here as inference
 * needs the control token, so that a new method is guarded until someone decides otherwise.
 *
 * <p>Tokens are kept and compared as SHA-256 digests, in a time that tells nothing about them.
 */
final class BearerTokens implements ServerInterceptor {
  private static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
  private static final String SCHEME = "Bearer ";

  private static final Set<String> INFERENCE_SERVICES =
      Set.of(
          PolicyGrpc.SERVICE_NAME,
          RewardGrpc.SERVICE_NAME,
          JudgeGrpc.SERVICE_NAME,
          GRPCInferenceServiceGrpc.SERVICE_NAME,
          HealthGrpc.SERVICE_NAME, // where it is guarded at all
          ServerReflectionGrpc.SERVICE_NAME);

  /** Of the control service, what only tells: clients look up there what they may ask. */
  private static final Set<String> INFERENCE_METHODS =
      Set.of(
          ControlGrpc.getListModelsMethod().getFullMethodName(),
          ControlGrpc.getGetServerInfoMethod().getFullMethodName());

  private final byte @Nullable [] inference;
  private final byte @Nullable [] control;
  private final boolean guardsHealth;

  BearerTokens(@Nullable String inference, @Nullable String control, boolean guardsHealth) {
    this.inference = inference == null ? null : digest(inference);
    this.control = control == null ? null : digest(control);
    this.guardsHealth = guardsHealth;
  }

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    boolean open =
        !guardsHealth
            && HealthGrpc.SERVICE_NAME.equals(call.getMethodDescriptor().getServiceName());
    Status status =
        open ? Status.OK : decide(call.getMethodDescriptor().getFullMethodName(), headers);
    if (status.isOk()) {
      return next.startCall(call, headers);
    }
    call.close(status, new Metadata());
    return new ServerCall.Listener<>() {};
  }

  private Status decide(String method, Metadata headers) {
    String shown = headers.get(AUTHORIZATION);
    if (shown == null) {
      return unauthenticated("missing");
    }
    if (!shown.regionMatches(/* ignoreCase= */ true, 0, SCHEME, 0, SCHEME.length())) {
      return unauthenticated("not a bearer token");
    }
    byte[] digest = digest(shown.substring(SCHEME.length()).strip());
    boolean controls = control != null && MessageDigest.isEqual(control, digest);
    boolean infers = inference != null && MessageDigest.isEqual(inference, digest);
    if (!controls && !infers) {
      return unauthenticated("a token that is not known here");
    }
    return controls || isInference(method) ? Status.OK : denied(method);
  }

  private static boolean isInference(String method) {
    int slash = method.lastIndexOf('/');
    return INFERENCE_METHODS.contains(method)
        || (slash > 0 && INFERENCE_SERVICES.contains(method.substring(0, slash)));
  }

  private static Status unauthenticated(String what) {
    return Status.UNAUTHENTICATED.withDescription(
        "authorization: %s (expected: Bearer and the server's %s, or its %s)"
            .formatted(what, Security.INFERENCE, Security.CONTROL));
  }

  private Status denied(String method) {
    String expected =
        control == null
            ? "a server that was started with " + Security.CONTROL
            : "the server's " + Security.CONTROL;
    return Status.PERMISSION_DENIED.withDescription(
        "authorization: a token for inference, for %s (expected: %s)".formatted(method, expected));
  }

  private static byte[] digest(String token) {
    return Hashing.sha256().hashString(token, StandardCharsets.UTF_8).asBytes();
  }
}
