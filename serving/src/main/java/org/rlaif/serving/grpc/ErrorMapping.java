package org.rlaif.serving.grpc;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import java.util.concurrent.CancellationException;
import org.rlaif.kit.UserError;
import org.rlaif.serving.engine.Refusal;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC.MDCCloseable;

/**
 * Turns what services throw, or end a call with, into the most exact status. A caller's mistake
 * keeps its sentence; ours is logged with its stack trace, and the caller gets the request's id.
 */
final class ErrorMapping implements ServerInterceptor {
  private static final Logger LOG = LoggerFactory.getLogger(ErrorMapping.class);

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    CallRecord record = CallRecord.CURRENT.get(); // of this thread; a call may end on others
    ServerCall<Q, R> mapping =
        new SimpleForwardingServerCall<>(call) {
          @Override
          public void close(Status status, Metadata trailers) {
            Throwable cause = status.getCause();
            boolean unmapped = status.getCode() == Status.Code.UNKNOWN && cause != null;
            if (unmapped) {
              Status mapped = status(record, cause);
              RetryHint.add(cause, mapped, trailers);
              super.close(mapped, trailers);
            } else {
              super.close(status, trailers);
            }
          }
        };
    return new SimpleForwardingServerCallListener<>(next.startCall(mapping, headers)) {
      @Override
      public void onHalfClose() {
        try {
          super.onHalfClose();
        } catch (RuntimeException | Error e) {
          Status mapped = status(record, e);
          var trailers = new Metadata();
          RetryHint.add(e, mapped, trailers);
          call.close(mapped, trailers);
        }
      }
    };
  }

  static Status status(CallRecord call, Throwable cause) {
    if (cause instanceof UserError) {
      return Status.INVALID_ARGUMENT.withDescription(cause.getMessage());
    }
    if (cause instanceof Refusal refusal) {
      return status(refusal.reason()).withDescription(refusal.getMessage());
    }
    if (cause instanceof CancellationException) {
      return Status.CANCELLED.withDescription(cause.getMessage());
    }
    if (cause instanceof StatusRuntimeException known) {
      return known.getStatus();
    }
    if (cause instanceof StatusException known) {
      return known.getStatus();
    }
    try (MDCCloseable logged = call.inLog()) {
      LOG.error("{} failed", call.method(), cause);
    }
    return Status.INTERNAL.withDescription(
        "the server failed; its log says why under request " + call.id());
  }

  private static Status status(Refusal.Reason reason) {
    return switch (reason) {
      case NOT_FOUND -> Status.NOT_FOUND;
      case ALREADY_EXISTS -> Status.ALREADY_EXISTS;
      case QUEUE_FULL -> Status.RESOURCE_EXHAUSTED;
      case PRECONDITION -> Status.FAILED_PRECONDITION;
      case UNAVAILABLE -> Status.UNAVAILABLE;
      case ABORTED -> Status.ABORTED;
      case CANCELLED -> Status.CANCELLED;
    };
  }
}
