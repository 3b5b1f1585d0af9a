package org.rlaif.serving.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.rlaif.v1.LogprobsRequest;
import org.rlaif.v1.LogprobsResponse;
import org.rlaif.v1.PolicyGrpc;

/** Answers of a megabyte each; four may wait on a connection that reads nothing for 50 ms. */
class UnreadTest {
  private static final int MEGABYTE = 1 << 20;

  private Server server;
  private final List<ManagedChannel> channels = new ArrayList<>();

  private static final class Large extends PolicyGrpc.PolicyImplBase {
    @Override
    public void logprobs(LogprobsRequest request, StreamObserver<LogprobsResponse> observer) {
      var answer = LogprobsResponse.newBuilder();
      answer.addCompletionsBuilder();
      observer.onNext(
          answer
              .setUnknownFields(
                  com.google.protobuf.UnknownFieldSet.newBuilder()
                      .addField(
                          1000,
                          com.google.protobuf.UnknownFieldSet.Field.newBuilder()
                              .addLengthDelimited(ByteString.copyFrom(new byte[MEGABYTE]))
                              .build())
                      .build())
              .build());
      observer.onCompleted();
    }
  }

  /** Reads nothing until it is told to. */
  private static final class Reader extends ClientCall.Listener<LogprobsResponse> {
    final CompletableFuture<Status> end = new CompletableFuture<>();
    final ClientCall<LogprobsRequest, LogprobsResponse> call;

    Reader(ManagedChannel channel) {
      call = channel.newCall(PolicyGrpc.getLogprobsMethod(), CallOptions.DEFAULT);
      call.start(this, new Metadata());
      call.sendMessage(LogprobsRequest.getDefaultInstance());
      call.halfClose();
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      end.complete(status);
    }
  }

  @BeforeEach
  void start() throws IOException {
    var unread = new Unread(4 * MEGABYTE, 100 * MEGABYTE, Duration.ofMillis(50));
    server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .addService(new Large())
            .addTransportFilter(unread)
            .intercept(unread)
            .build()
            .start();
  }

  @AfterEach
  void stop() {
    channels.forEach(ManagedChannel::shutdownNow);
    server.shutdownNow();
  }

  @Test
  void noMoreUntilSomeAreRead() throws Exception {
    ManagedChannel silent = channel();
    List<Reader> readers = new ArrayList<>();
    Status refused = Status.OK;
    while (refused.isOk() && readers.size() < 50) {
      var reader = new Reader(silent);
      readers.add(reader);
      Thread.sleep(60);
      refused =
          readers.stream()
              .map(each -> each.end.getNow(Status.OK))
              .filter(status -> !status.isOk())
              .findFirst()
              .orElse(Status.OK);
    }
    Thread.sleep(200); // for refusals under way on a busy machine
    assertEquals(Status.Code.RESOURCE_EXHAUSTED, refused.getCode());
    assertTrue(readers.size() >= 5 && readers.size() <= 8, readers.size() + " calls");
    assertTrue(
        refused.getDescription().endsWith("on this connection (expected: at most 4,194,304)"),
        refused.getDescription());
    assertEquals(Status.Code.OK, read(new Reader(channel())).getCode(), "another connection");
    for (Reader reader : readers) {
      if (reader.end.getNow(Status.OK).isOk()) {
        assertEquals(Status.Code.OK, read(reader).getCode(), "what was answered");
      }
    }
    assertEquals(Status.Code.OK, read(new Reader(silent)).getCode(), "it reads again");
  }

  private static Status read(Reader reader) throws Exception {
    reader.call.request(2);
    return reader.end.get(20, TimeUnit.SECONDS);
  }

  private ManagedChannel channel() {
    ManagedChannel channel =
        NettyChannelBuilder.forAddress(ServerConfig.LOOPBACK, server.getPort())
            .usePlaintext()
            .flowControlWindow(1 << 16)
            .build();
    channels.add(channel);
    return channel;
  }
}
