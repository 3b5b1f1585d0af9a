package org.rlaif.serving.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.Status.Code;
import io.grpc.netty.shaded.io.netty.bootstrap.Bootstrap;
import io.grpc.netty.shaded.io.netty.buffer.Unpooled;
import io.grpc.netty.shaded.io.netty.channel.Channel;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandlerContext;
import io.grpc.netty.shaded.io.netty.channel.ChannelInboundHandlerAdapter;
import io.grpc.netty.shaded.io.netty.channel.ChannelInitializer;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.nio.NioIoHandler;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioSocketChannel;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2Headers;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2HeadersFrame;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2ResetFrame;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2StreamChannel;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import io.grpc.netty.shaded.io.netty.util.ReferenceCountUtil;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlaif.client.RlaifClient;
import org.rlaif.v1.GenerateRequest;

/** Frames that no gRPC client sends, over HTTP/2: a status or the end of the stream, and a line. */
class BrokenFramesTest {
  private static final byte[] MESSAGE =
      GenerateRequest.newBuilder()
          .setModel("policy")
          .setPrompt(RlaifClient.tokens(2, 9))
          .setSampling(TestServer.sampling(1, 7))
          .build()
          .toByteArray();

  /** An answer of HTTP instead of gRPC's, or none: the stream is reset. */
  private static final String RESET = "reset";

  @TempDir static Path folder;
  private static final EventLoopGroup LOOP =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private static final Queue<LogRecord> LOUD = new ConcurrentLinkedQueue<>();
  private static final Handler EAR =
      new Handler() {
        @Override
        public void publish(LogRecord event) {
          if (event.getLevel().intValue() >= Level.INFO.intValue()) {
            LOUD.add(event);
          }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  private static TestServer server;
  private static Channel connection;

  @BeforeAll
  static void start() throws InterruptedException {
    server = TestServer.start(folder);
    Logger.getLogger("").addHandler(EAR);
    connection =
        new Bootstrap()
            .group(LOOP)
            .channel(NioSocketChannel.class)
            .handler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    channel
                        .pipeline()
                        .addLast(
                            Http2FrameCodecBuilder.forClient().build(),
                            new Http2MultiplexHandler(new ChannelInboundHandlerAdapter()));
                  }
                })
            .connect(ServerConfig.LOOPBACK, server.server().port())
            .sync()
            .channel();
  }

  @AfterAll
  @SuppressWarnings("FutureReturnValueIgnored") // waited for
  static void stop() {
    Logger.getLogger("").removeHandler(EAR);
    connection.close().syncUninterruptibly();
    LOOP.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    server.close();
  }

  @Test
  void wholeOnesAreAnswered() throws Exception {
    answered(Code.OK, Map.of(), frame(0, MESSAGE));
    answered(Code.OK, Map.of("grpc-encoding", "gzip"), frame(1, packed(MESSAGE)));
    answered(Code.OK, Map.of("grpc-encoding", "gzip"), frame(0, MESSAGE));
  }

  @Test
  void whatDoesNotUnpackIsNoMessage() throws Exception {
    byte[] packed = packed(MESSAGE);
    byte[] wrong = packed.clone();
    wrong[wrong.length - 6] ^= 1; // of the checksum
    Map<String, String> gzip = Map.of("grpc-encoding", "gzip");
    answered(Code.INVALID_ARGUMENT, gzip, frame(1, new byte[0]));
    answered(Code.INVALID_ARGUMENT, gzip, frame(1, MESSAGE));
    answered(Code.INVALID_ARGUMENT, gzip, frame(1, wrong));
    answered(Code.INVALID_ARGUMENT, gzip, frame(1, Arrays.copyOf(packed, packed.length - 6)));
    answered(Code.INVALID_ARGUMENT, gzip, frame(1, packed(new byte[100_000_000])));
  }

  /** As gRPC's specification has it. */
  @Test
  void encodingsThatAreNotSaidOrNotKnown() throws Exception {
    answered(Code.INTERNAL, Map.of(), frame(1, packed(MESSAGE)));
    answered(Code.INTERNAL, Map.of("grpc-encoding", "identity"), frame(1, packed(MESSAGE)));
    answered(Code.UNIMPLEMENTED, Map.of("grpc-encoding", "snappy"), frame(1, MESSAGE));
  }

  @Test
  void framesThatAreCutOrTooLong() throws Exception {
    answered(Code.INTERNAL, Map.of(), frame(2, MESSAGE));
    answered(Code.INTERNAL, Map.of(), new byte[] {0, 0});
    answered(Code.INTERNAL, Map.of(), Arrays.copyOf(frame(0, MESSAGE), MESSAGE.length));
    byte[] endless = frame(0, MESSAGE);
    endless[1] = 0x7f;
    answered(Code.RESOURCE_EXHAUSTED, Map.of(), endless);
    endless[1] = (byte) 0xff;
    answered(Code.RESOURCE_EXHAUSTED, Map.of(), endless);
    answered(Code.INVALID_ARGUMENT, Map.of(), new byte[0]);
  }

  @Test
  void headersThatAreNotGrpcs() throws Exception {
    answered(Code.INTERNAL, Map.of("content-type", "application/json"), frame(0, MESSAGE));
    answered(Code.INTERNAL, Map.of(":method", "GET"), new byte[0]);
    answered(Code.UNIMPLEMENTED, Map.of(":path", "/rlaif.v1.Policy/Nothing"), frame(0, MESSAGE));
    assertEquals(RESET, said(Map.of("grpc-timeout", "soon"), frame(0, MESSAGE)));
    assertEquals(RESET, said(Map.of("grpc-timeout", ""), frame(0, MESSAGE)));
  }

  private static void answered(Code code, Map<String, String> headers, byte[] body)
      throws Exception {
    assertEquals(String.valueOf(code.value()), said(headers, body), code.toString());
  }

  /** The status's number; nothing but a line each is logged. */
  @SuppressWarnings("FutureReturnValueIgnored") // what came of it is how the stream ends
  private static String said(Map<String, String> changes, byte[] body) throws Exception {
    LOUD.clear();
    var end = new CompletableFuture<String>();
    Http2StreamChannel stream =
        new Http2StreamChannelBootstrap(connection)
            .handler(
                new ChannelInboundHandlerAdapter() {
                  @Override
                  public void channelRead(ChannelHandlerContext context, Object frame) {
                    if (frame instanceof Http2HeadersFrame headers
                        && headers.headers().contains("grpc-status")) {
                      end.complete(headers.headers().get("grpc-status").toString());
                    } else if (frame instanceof Http2ResetFrame) {
                      end.complete(RESET);
                    }
                    ReferenceCountUtil.release(frame);
                  }

                  @Override
                  public void userEventTriggered(ChannelHandlerContext context, Object event) {
                    if (event instanceof Http2ResetFrame) {
                      end.complete(RESET);
                    }
                  }
                })
            .open()
            .sync()
            .getNow();
    Http2Headers headers =
        new DefaultHttp2Headers()
            .method("POST")
            .scheme("http")
            .authority("localhost")
            .path("/rlaif.v1.Policy/Generate")
            .set("content-type", "application/grpc")
            .set("te", "trailers");
    changes.forEach(headers::set);
    stream.write(new DefaultHttp2HeadersFrame(headers));
    stream.writeAndFlush(
        new DefaultHttp2DataFrame(Unpooled.wrappedBuffer(body), /* endStream= */ true));
    String said = end.get(20, TimeUnit.SECONDS);
    assertTrue(LOUD.size() <= 1, () -> LOUD.stream().map(LogRecord::getMessage).toList() + "");
    for (LogRecord event : LOUD) {
      assertNull(event.getThrown(), event.getMessage());
      assertEquals(1, event.getMessage().lines().count(), event.getMessage());
    }
    return said;
  }

  private static byte[] frame(int flags, byte[] message) {
    return ByteBuffer.allocate(5 + message.length)
        .put((byte) flags)
        .putInt(message.length)
        .put(message)
        .array();
  }

  private static byte[] packed(byte[] bytes) throws IOException {
    var packed = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(packed)) {
      gzip.write(bytes);
    }
    return packed.toByteArray();
  }
}
