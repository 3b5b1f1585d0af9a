package org.rlaif.client;

import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.stub.AbstractStub;
import io.grpc.stub.MetadataUtils;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.rlaif.v1.EnvironmentGrpc;
import org.rlaif.v1.PolicyGrpc;
import org.rlaif.v1.RewardGrpc;

/** A channel, how long a call on it may take, and what its failures are called. */
record Connection(String target, ManagedChannel channel, Duration timeLimit, Tls tls) {
  private static final String IN_PROCESS = "inprocess:";
  private static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
  private static final int MESSAGE_BYTES = 64 << 20;

  static Connection open(String target, Duration timeLimit, Credentials credentials, int attempts) {
    ManagedChannelBuilder<?> builder =
        target.startsWith(IN_PROCESS)
            ? InProcessChannelBuilder.forName(target.substring(IN_PROCESS.length()))
                .maxInboundMessageSize(Integer.MAX_VALUE)
            : Grpc.newChannelBuilder(target, credentials.tls().channel())
                .maxInboundMessageSize(MESSAGE_BYTES);
    if (credentials.token() != null) {
      var headers = new Metadata();
      headers.put(AUTHORIZATION, "Bearer " + credentials.token());
      builder.intercept(MetadataUtils.newAttachHeadersInterceptor(headers));
    }
    if (attempts > 1) {
      builder
          .enableRetry()
          .maxRetryAttempts(attempts)
          .perRpcBufferLimit(MESSAGE_BYTES)
          .retryBufferSize(MESSAGE_BYTES)
          .defaultServiceConfig(retries(attempts));
    } else {
      builder.disableRetry();
    }
    return new Connection(target, builder.build(), timeLimit, credentials.tls());
  }

  /**
   * Who is refused for lack of room tries again after the time that the server says, or not at all
   * if it says that; the time limit goes on meanwhile. Control is never repeated.
   */
  private static Map<String, Object> retries(int attempts) {
    Map<String, Object> policy =
        Map.of(
            "maxAttempts",
            (double) attempts,
            "retryableStatusCodes",
            List.of(Status.Code.RESOURCE_EXHAUSTED.name()),
            "initialBackoff",
            "0.1s", // these three only if the server does not say when
            "maxBackoff",
            "5s",
            "backoffMultiplier",
            2.0);
    List<Map<String, String>> services =
        List.of(
            Map.of("service", PolicyGrpc.SERVICE_NAME),
            Map.of("service", RewardGrpc.SERVICE_NAME),
            Map.of("service", EnvironmentGrpc.SERVICE_NAME));
    return Map.of("methodConfig", List.of(Map.of("name", services, "retryPolicy", policy)));
  }

  Connection within(Duration limit) {
    return new Connection(target, channel, limit, tls);
  }

  <S extends AbstractStub<S>> S limited(S stub) {
    return stub.withDeadlineAfter(timeLimit.toMillis(), TimeUnit.MILLISECONDS);
  }

  <T> T waitFor(String what, Supplier<T> call) {
    try {
      return call.get();
    } catch (StatusRuntimeException e) {
      throw explained(what, e);
    }
  }

  /** The same failure, whose description begins with what was waited for. */
  StatusRuntimeException explained(String what, StatusRuntimeException e) {
    Status status = e.getStatus();
    String why =
        status.getCode() == Status.Code.DEADLINE_EXCEEDED
            ? late(status)
            : TlsFailure.in(e, tls)
                .orElse(
                    Objects.requireNonNullElse(status.getDescription(), status.getCode().name()));
    return status
        .withDescription(what + " at " + target + ": " + why)
        .withCause(e)
        .asRuntimeException(e.getTrailers()); // they may say when to try again
  }

  /** gRPC tells how the attempts of a call ended. */
  private String late(Status status) {
    String attempts = String.valueOf(status.getDescription());
    return "no answer within %s s%s"
        .formatted(
            BigDecimal.valueOf(timeLimit.toMillis(), 3).stripTrailingZeros().toPlainString(),
            attempts.contains("closed=[RESOURCE_EXHAUSTED")
                ? "; it had no room, however often it was asked"
                : "");
  }

  void close() {
    channel.shutdownNow();
    try {
      channel.awaitTermination(5, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
