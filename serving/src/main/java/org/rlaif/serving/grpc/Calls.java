package org.rlaif.serving.grpc;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.util.HexFormat;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.rlaif.v1.ControlGrpc;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC.MDCCloseable;
import org.slf4j.event.Level;

/**
 * Around everything else: gives every call an id and tells the log how it ended. The id is the
 * caller's {@code x-request-id}, if it is plain, else one made here; it goes back in headers and
 * trailers.
 */
final class Calls implements ServerInterceptor {
  static final Metadata.Key<String> REQUEST_ID =
      Metadata.Key.of("x-request-id", Metadata.ASCII_STRING_MARSHALLER);

  private static final Logger LOG = LoggerFactory.getLogger(Calls.class);

  /** Health, reflection and the like: often asked, and watched by streams without an end. */
  private static final String ABOUT = "grpc.";

  /** Of other calls, those that come in great numbers or again and again. */
  private static final Set<String> FREQUENT =
      Set.of(
          ControlGrpc.getPushTensorMethod().getFullMethodName(),
          ControlGrpc.getRenewLeaseMethod().getFullMethodName());

  /** Calls that are open. */
  private final AtomicInteger working = new AtomicInteger();

  private final AtomicInteger watching = new AtomicInteger();

  private final AtomicLong ended = new AtomicLong();

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    String method = call.getMethodDescriptor().getFullMethodName();
    var record = new CallRecord(id(headers), method, ClientIdentity.of(call, headers));
    Context outer = Context.current();
    Context context = outer.withValue(CallRecord.CURRENT, record);
    try (MDCCloseable logged = record.inLog()) {
      ServerCall.Listener<Q> listener =
          Contexts.interceptCall(context, told(call, record), headers, next);
      AtomicInteger open = method.startsWith(ABOUT) ? watching : working;
      open.incrementAndGet();
      return new Recorded<>(listener, record, outer, open);
    }
  }

  /** Whether no call is open but such as may never end by themselves. */
  boolean onlyWatched() {
    return working.get() == 0 && watching.get() > 0;
  }

  /** Whether no call is open but such as watch. */
  boolean isPause() {
    return working.get() == 0;
  }

  /** How many have ended. */
  long ended() {
    return ended.get();
  }

  private static String id(Metadata headers) {
    String said = headers.get(REQUEST_ID);
    return said != null && CallRecord.isPlain(said)
        ? said
        : HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
  }

  /** A line for every call would hide the others where there are many of one kind. */
  private static Level level(String method) {
    return method.startsWith(ABOUT) || FREQUENT.contains(method) ? Level.DEBUG : Level.INFO;
  }

  private static <Q, R> ServerCall<Q, R> told(ServerCall<Q, R> call, CallRecord record) {
    return new SimpleForwardingServerCall<>(call) {
      @Override
      public void sendHeaders(Metadata headers) {
        super.sendHeaders(withId(headers, record));
      }

      @Override
      public void sendMessage(R message) {
        record.answered(message);
        super.sendMessage(message);
      }

      @Override
      public void close(Status status, Metadata trailers) {
        record.closed(status);
        super.close(status, withId(trailers, record));
      }
    };
  }

  private static Metadata withId(Metadata metadata, CallRecord record) {
    metadata.discardAll(REQUEST_ID);
    metadata.put(REQUEST_ID, record.id());
    return metadata;
  }

  /** What happens to a call; its last event writes the line. */
  private final class Recorded<Q> extends SimpleForwardingServerCallListener<Q> {
    private final CallRecord record;
    private final Context context;
    private final AtomicInteger open;

    Recorded(
        ServerCall.Listener<Q> listener, CallRecord record, Context context, AtomicInteger open) {
      super(listener);
      this.record = record;
      this.context = context;
      this.open = open;
    }

    @Override
    public void onMessage(Q message) {
      record.asked(message);
      inLog(() -> super.onMessage(message));
    }

    @Override
    public void onHalfClose() {
      inLog(super::onHalfClose);
    }

    @Override
    public void onReady() {
      inLog(super::onReady);
    }

    @Override
    public void onComplete() {
      inLog(super::onComplete);
      end(null);
    }

    @Override
    public void onCancel() {
      inLog(super::onCancel);
      boolean late = context.cancellationCause() instanceof TimeoutException;
      end(late ? Status.DEADLINE_EXCEEDED : Status.CANCELLED);
    }

    private void inLog(Runnable event) {
      try (MDCCloseable logged = record.inLog()) {
        event.run();
      }
    }

    private void end(@Nullable Status instead) {
      if (instead != null) {
        record.closed(instead);
      }
      open.decrementAndGet();
      ended.incrementAndGet();
      Level level = level(record.method());
      if (LOG.isEnabledForLevel(level)) {
        inLog(() -> record.write(LOG.atLevel(level)));
      }
    }
  }
}
