package org.rlaif.serving.grpc;

import com.google.protobuf.MessageLite;
import io.grpc.Attributes;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerTransportFilter;
import io.grpc.Status;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Counts the answers that a connection has not read yet: gRPC keeps them, however many there are. A
 * connection that has too many of them, and reads none, gets no more, until it does.
 */
final class Unread extends ServerTransportFilter implements ServerInterceptor {
  private static final Attributes.Key<Connection> CONNECTION =
      Attributes.Key.create("unread answers");

  private final long most;
  private final long mostAtOnce;
  private final Duration patience;

  Unread() {
    this(32 << 20, 256 << 20, Duration.ofSeconds(10));
  }

  /**
   * @param most bytes of a connection that has read nothing for a while
   * @param mostAtOnce bytes of any
   * @param patience that while
   */
  Unread(long most, long mostAtOnce, Duration patience) {
    this.most = most;
    this.mostAtOnce = mostAtOnce;
    this.patience = patience;
  }

  /** One connection's. */
  private static final class Connection {
    private final AtomicLong bytes = new AtomicLong();
    private volatile long lastRead = System.nanoTime();

    void read(long some) {
      if (some > 0 && bytes.addAndGet(-some) >= 0) {
        lastRead = System.nanoTime();
      }
    }
  }

  @Override
  public Attributes transportReady(Attributes transport) {
    return transport.toBuilder().set(CONNECTION, new Connection()).build();
  }

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    Connection connection = call.getAttributes().get(CONNECTION);
    if (connection == null) {
      return next.startCall(call, headers); // within the process answers are handed over
    }
    Status full = full(connection);
    if (full != null) {
      call.close(full, new Metadata());
      return new ServerCall.Listener<>() {};
    }
    var counted = new Counted<>(call, connection);
    return new SimpleForwardingServerCallListener<>(next.startCall(counted, headers)) {
      @Override
      public void onReady() {
        counted.read();
        super.onReady();
      }

      @Override
      public void onComplete() {
        counted.read();
        super.onComplete();
      }

      @Override
      public void onCancel() {
        counted.read();
        super.onCancel();
      }
    };
  }

  private @Nullable Status full(Connection connection) {
    long bytes = connection.bytes.get();
    boolean reads = System.nanoTime() - connection.lastRead < patience.toNanos();
    long limit = reads ? mostAtOnce : most;
    return bytes <= limit
        ? null
        : Status.RESOURCE_EXHAUSTED.withDescription(
            "answers: %,d bytes wait to be read on this connection (expected: at most %,d)"
                .formatted(bytes, limit));
  }

  /** A call whose answers are counted until they are on their way, or the call is gone. */
  private final class Counted<Q, R> extends SimpleForwardingServerCall<Q, R> {
    private final boolean streams;
    private final Connection connection;
    private final AtomicLong unread = new AtomicLong();
    private final @Nullable CallRecord record = CallRecord.CURRENT.get();
    private boolean ended; // of the one thread that answers

    Counted(ServerCall<Q, R> call, Connection connection) {
      super(call);
      this.streams = !call.getMethodDescriptor().getType().serverSendsOneMessage();
      this.connection = connection;
    }

    @Override
    public void sendMessage(R message) {
      if (ended) {
        return;
      }
      Status full = isReady() && streams ? null : full(connection);
      if (full != null) {
        close(full, new Metadata());
        if (record != null) {
          record.cancel();
        }
        return;
      }
      int size = message instanceof MessageLite known ? known.getSerializedSize() : 0;
      unread.addAndGet(size);
      connection.bytes.addAndGet(size);
      super.sendMessage(message);
      if (isCancelled() || (streams && isReady())) { // a single answer leaves when the call ends
        read();
      }
    }

    @Override
    public void close(Status status, Metadata trailers) {
      if (!ended) {
        ended = true;
        super.close(status, trailers);
      }
    }

    void read() {
      connection.read(unread.getAndSet(0));
    }
  }
}
