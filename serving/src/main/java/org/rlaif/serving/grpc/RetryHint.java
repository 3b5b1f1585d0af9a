package org.rlaif.serving.grpc;

import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import com.google.rpc.RetryInfo;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.protobuf.ProtoUtils;
import org.rlaif.serving.queue.Refusal;

/**
 * Tells a client that is refused for lack of room when to try again, twice: as {@code
 * grpc-retry-pushback-ms}, which gRPC's own retries follow, and as {@code google.rpc.RetryInfo} for
 * people's.
 */
final class RetryHint {
  static final Metadata.Key<String> PUSHBACK =
      Metadata.Key.of("grpc-retry-pushback-ms", Metadata.ASCII_STRING_MARSHALLER);

  static final Metadata.Key<com.google.rpc.Status> DETAILS =
      Metadata.Key.of(
          "grpc-status-details-bin",
          ProtoUtils.metadataMarshaller(com.google.rpc.Status.getDefaultInstance()));

  /** gRPC's word for "do not retry". */
  private static final String NEVER = "-1";

  private RetryHint() {}

  static void add(Throwable cause, Status status, Metadata trailers) {
    if (!(cause instanceof Refusal refusal) || refusal.reason() != Refusal.Reason.QUEUE_FULL) {
      return;
    }
    java.time.Duration after = refusal.retryAfter();
    if (after == null) {
      trailers.put(PUSHBACK, NEVER);
      return;
    }
    trailers.put(PUSHBACK, Long.toString(after.toMillis()));
    Duration delay =
        Duration.newBuilder().setSeconds(after.getSeconds()).setNanos(after.getNano()).build();
    trailers.put(
        DETAILS,
        com.google.rpc.Status.newBuilder()
            .setCode(status.getCode().value())
            .setMessage(String.valueOf(status.getDescription()))
            .addDetails(Any.pack(RetryInfo.newBuilder().setRetryDelay(delay).build()))
            .build());
  }
}
