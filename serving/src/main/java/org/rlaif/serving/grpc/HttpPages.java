package org.rlaif.serving.grpc;

import io.grpc.netty.shaded.io.netty.bootstrap.ServerBootstrap;
import io.grpc.netty.shaded.io.netty.buffer.Unpooled;
import io.grpc.netty.shaded.io.netty.channel.Channel;
import io.grpc.netty.shaded.io.netty.channel.ChannelFuture;
import io.grpc.netty.shaded.io.netty.channel.ChannelFutureListener;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandlerContext;
import io.grpc.netty.shaded.io.netty.channel.ChannelInitializer;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.SimpleChannelInboundHandler;
import io.grpc.netty.shaded.io.netty.channel.nio.NioIoHandler;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioServerSocketChannel;
import io.grpc.netty.shaded.io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.grpc.netty.shaded.io.netty.handler.codec.http.HttpHeaderNames;
import io.grpc.netty.shaded.io.netty.handler.codec.http.HttpHeaderValues;
import io.grpc.netty.shaded.io.netty.handler.codec.http.HttpMethod;
import io.grpc.netty.shaded.io.netty.handler.codec.http.HttpObject;
import io.grpc.netty.shaded.io.netty.handler.codec.http.HttpRequest;
import io.grpc.netty.shaded.io.netty.handler.codec.http.HttpResponseStatus;
import io.grpc.netty.shaded.io.netty.handler.codec.http.HttpServerCodec;
import io.grpc.netty.shaded.io.netty.handler.codec.http.HttpVersion;
import io.grpc.netty.shaded.io.netty.handler.codec.http.QueryStringDecoder;
import io.grpc.netty.shaded.io.netty.handler.timeout.ReadTimeoutHandler;
import io.grpc.netty.shaded.io.netty.handler.timeout.WriteTimeoutHandler;
import io.grpc.netty.shaded.io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.rlaif.kit.UserError;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Some pages over HTTP/1.1, made when they are asked for; each closes its connection. One thread
 * has all connections and waits for none of them, so that whoever sends half a request, a body
 * without an end, or does not read, disturbs nobody, and is gone after a while. By the Netty that
 * gRPC brings.
 */
@SuppressWarnings("FutureReturnValueIgnored") // nobody waits for the end of a connection
final class HttpPages implements AutoCloseable {
  /** What is answered. */
  record Page(int status, String type, String text) {
    static Page plain(int status, String text) {
      return new Page(status, "text/plain; charset=utf-8", text + "\n");
    }
  }

  static final Duration PATIENCE = Duration.ofSeconds(10);

  private static final Logger LOG = LoggerFactory.getLogger(HttpPages.class);
  private static final int WAITING_CONNECTIONS = 128;

  private final Map<String, Supplier<Page>> pages;
  private final EventLoopGroup thread =
      new MultiThreadIoEventLoopGroup(
          1, new DefaultThreadFactory("rlaif-http", /* daemon= */ true), NioIoHandler.newFactory());
  private final Channel listening;

  /**
   * Listens at once.
   *
   * @param pages by their paths
   * @param patience for a request to come, and for an answer to be read
   */
  HttpPages(InetSocketAddress address, Map<String, Supplier<Page>> pages, Duration patience) {
    this.pages = pages;
    ChannelFuture bound =
        new ServerBootstrap()
            .group(thread)
            .channel(NioServerSocketChannel.class)
            .option(
                io.grpc.netty.shaded.io.netty.channel.ChannelOption.SO_BACKLOG, WAITING_CONNECTIONS)
            .childHandler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel connection) {
                    long millis = patience.toMillis();
                    connection
                        .pipeline()
                        .addLast(new ReadTimeoutHandler(millis, TimeUnit.MILLISECONDS))
                        .addLast(new WriteTimeoutHandler(millis, TimeUnit.MILLISECONDS))
                        .addLast(new HttpServerCodec())
                        .addLast(new Answers());
                  }
                })
            .bind(address)
            .awaitUninterruptibly();
    if (!bound.isSuccess()) {
      thread.shutdownGracefully(0, 0, TimeUnit.SECONDS);
      throw new UserError(
          "metrics port: %d (expected: a free one on %s; %s)"
              .formatted(address.getPort(), address.getHostString(), bound.cause().getMessage()),
          bound.cause());
    }
    this.listening = bound.channel();
  }

  int port() {
    return ((InetSocketAddress) listening.localAddress()).getPort();
  }

  /** Of one connection. */
  private final class Answers extends SimpleChannelInboundHandler<HttpObject> {
    @Override
    protected void channelRead0(ChannelHandlerContext connection, HttpObject part) {
      if (part instanceof HttpRequest request) { // a body, should there be one, is of no interest
        answer(connection, request, page(request));
      }
    }

    private Page page(HttpRequest request) {
      if (request.decoderResult().isFailure()) {
        return Page.plain(HttpResponseStatus.BAD_REQUEST.code(), "this is no HTTP request");
      }
      Supplier<Page> page = pages.get(new QueryStringDecoder(request.uri()).path());
      if (page == null) {
        return Page.plain(
            HttpResponseStatus.NOT_FOUND.code(), "there are " + String.join(", ", pages.keySet()));
      }
      boolean reads =
          request.method().equals(HttpMethod.GET) || request.method().equals(HttpMethod.HEAD);
      return reads
          ? page.get()
          : Page.plain(HttpResponseStatus.METHOD_NOT_ALLOWED.code(), "GET and HEAD only");
    }

    private void answer(ChannelHandlerContext connection, HttpRequest request, Page page) {
      byte[] body = page.text().getBytes(StandardCharsets.UTF_8);
      boolean head = request.method().equals(HttpMethod.HEAD);
      var response =
          new DefaultFullHttpResponse(
              HttpVersion.HTTP_1_1,
              HttpResponseStatus.valueOf(page.status()),
              head ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(body));
      response
          .headers()
          .set(HttpHeaderNames.CONTENT_TYPE, page.type())
          .set(HttpHeaderNames.CONTENT_LENGTH, body.length)
          .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
      connection.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext connection, Throwable cause) {
      LOG.debug("an HTTP connection ends: {}", cause.toString());
      connection.close();
    }
  }

  @Override
  public void close() {
    listening.close().awaitUninterruptibly();
    thread.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }
}
