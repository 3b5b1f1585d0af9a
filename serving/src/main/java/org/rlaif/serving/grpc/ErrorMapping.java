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
import org.jspecify.annotations.Nullable;
import org.rlaif.kit.UserError;
import org.rlaif.serving.queue.Refusal;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC.MDCCloseable;

/**
 * Turns what services throw, or end a call with, into the most exact status. A caller's mistake
 * keeps its sentence; ours is logged with its stack trace, and the caller gets the request's id.
 */
final class ErrorMapping implements ServerInterceptor {
  private static final Logger LOG = LoggerFactory.getLogger(ErrorMapping.class);
  private static final int MOST_BYTES = 2000;

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
              super.close(described(status, status.getDescription()), trailers);
            }
          }
        };
    return new SimpleForwardingServerCallListener<>(next.startCall(mapping, headers)) {
      @Override
      public void onMessage(Q message) {
        mapped(() -> super.onMessage(message));
      }

      @Override
      public void onHalfClose() {
        mapped(super::onHalfClose);
      }

      private void mapped(Runnable event) {
        try {
          event.run();
        } catch (RuntimeException | Error e) {
          Status mapped = status(record, e);
          var trailers = new Metadata();
          RetryHint.add(e, mapped, trailers);
          call.close(mapped, trailers);
        }
      }
    };
  }

  /** Of a caller's mistake. */
  static Status invalid(UserError mistake) {
    return described(Status.INVALID_ARGUMENT, mistake.getMessage());
  }

  static Status status(CallRecord call, Throwable cause) {
    if (cause instanceof UserError mistake) {
      return invalid(mistake);
    }
    if (cause instanceof Refusal refusal) {
      return described(status(refusal.reason()), refusal.getMessage());
    }
    if (cause instanceof CancellationException) {
      return described(Status.CANCELLED, cause.getMessage());
    }
    if (cause instanceof StatusRuntimeException || cause instanceof StatusException) {
      Status known = Status.fromThrowable(cause);
      return described(known, known.getDescription());
    }
    try (MDCCloseable logged = call.inLog()) {
      return ours(call, cause);
    }
  }

  private static Status ours(CallRecord call, Throwable cause) {
    if (cause instanceof StackOverflowError) { // its trace is a thousand lines of the same
      LOG.warn("{} asks for more depth than a stack has", call.method());
      return invalid(UserError.expected("request", "too deep to be followed", "less within less"));
    }
    if (cause instanceof OutOfMemoryError) {
      LOG.error("{} asks for more memory than there is: {}", call.method(), cause.getMessage());
      return Status.RESOURCE_EXHAUSTED.withDescription(
          "the server has not enough memory for this request; its log says more under request "
              + call.id());
    }
    LOG.error("{} failed", call.method(), cause);
    return Status.INTERNAL.withDescription(
        "the server failed; its log says why under request " + call.id());
  }

  /**
   * A sentence travels in a header, percent-encoded, and once more with what {@link RetryHint}
   * adds; Python's gRPC, for one, takes headers of 8 KB in all. Of a longer one the middle is left
   * out, which is what some caller wrote.
   */
  private static Status described(Status status, @Nullable String sentence) {
    return status.withDescription(sentence == null ? null : shortened(sentence));
  }

  private static String shortened(String sentence) {
    int head = 0;
    int room = MOST_BYTES / 2;
    while (head < sentence.length() && room > 0) {
      int letter = sentence.codePointAt(head);
      room -= encodedBytes(letter);
      head += Character.charCount(letter);
    }
    int tail = sentence.length();
    room = MOST_BYTES / 2;
    while (tail > head && room > 0) {
      int letter = sentence.codePointBefore(tail);
      room -= encodedBytes(letter);
      tail -= Character.charCount(letter);
    }
    return tail <= head
        ? sentence
        : "%s [%,d characters more] %s"
            .formatted(sentence.substring(0, head), tail - head, sentence.substring(tail));
  }

  /** Of one letter in a header: three for each byte of UTF-8 that is not plain. */
  private static int encodedBytes(int letter) {
    if (letter >= ' ' && letter <= '~' && letter != '%') {
      return 1;
    }
    return letter < 0x80 ? 3 : letter < 0x800 ? 6 : letter < 0x10000 ? 9 : 12;
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
