package org.rlaif.serving.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.rlaif.kit.UserError;
import org.rlaif.serving.grpc.HttpPages.Page;

/** What anybody may send to a port. */
class HttpPagesTest {
  private static final int MANY = 200;
  private static final int FEW = 10;
  private static final String LARGE = "x".repeat(8 << 20);

  private final HttpPages pages =
      new HttpPages(
          new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
          Map.of(
              "/page", () -> Page.plain(200, "here"), "/large", () -> new Page(200, "text", LARGE)),
          Duration.ofSeconds(2));
  private final List<Socket> open = new ArrayList<>();

  @AfterEach
  void stop() throws IOException {
    for (Socket each : open) {
      each.close();
    }
    pages.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "GET /page HT",
        "GET /page HTTP/1.1\r\nHost: here\r\n",
        "POST /page HTTP/1.1\r\nHost: here\r\nContent-Length: 1000000\r\n\r\nabc",
        "POST /page HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
        "GET /large HTTP/1.1\r\n\r\n"
      })
  void whoDoesNotGoOnDisturbsNobody(String begun) throws Exception {
    int many = begun.contains("large") ? FEW : MANY;
    for (int i = 0; i < many; i++) {
      send(begun);
    }
    long start = System.nanoTime();
    assertTrue(answer("GET /page HTTP/1.1\r\n\r\n").endsWith("\r\n\r\nhere\n"));
    double seconds = (System.nanoTime() - start) * 1e-9;
    assertTrue(seconds < 1.9, seconds + " s, before the others are given up");
    Socket last = open.get(many - 1);
    last.setSoTimeout(20_000);
    last.getInputStream().readAllBytes(); // until it is closed
  }

  @Test
  void whatIsNotAskedForByGet() throws Exception {
    assertTrue(answer("GET /page?x=1 HTTP/1.1\r\n\r\n").startsWith("HTTP/1.1 200 OK\r\n"));
    String head = answer("HEAD /page HTTP/1.1\r\n\r\n");
    assertTrue(head.contains("content-length: 5\r\n") && head.endsWith("\r\n\r\n"), head);
    assertTrue(answer("DELETE /page HTTP/1.1\r\n\r\n").startsWith("HTTP/1.1 405 "));
    assertTrue(answer("GET /pages HTTP/1.1\r\n\r\n").startsWith("HTTP/1.1 404 "));
    assertTrue(
        answer("GET " + "x".repeat(10_000) + " HTTP/1.1\r\n\r\n").startsWith("HTTP/1.1 400"));
    assertTrue(answer("nonsense\r\n\r\n").startsWith("HTTP/1.1 400 "));
  }

  @Test
  void aPortThatIsTaken() {
    var taken = new InetSocketAddress(InetAddress.getLoopbackAddress(), pages.port());
    UserError error =
        assertThrows(
            UserError.class, () -> new HttpPages(taken, Map.of(), HttpPages.PATIENCE).close());
    assertTrue(
        error.getMessage().startsWith("metrics port: " + pages.port() + " (expected: a free one"),
        error.getMessage());
    assertEquals(1, error.getMessage().lines().count());
  }

  private String answer(String request) throws IOException {
    Socket socket = send(request);
    socket.setSoTimeout(20_000);
    return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
  }

  private Socket send(String request) throws IOException {
    var socket = new Socket(InetAddress.getLoopbackAddress(), pages.port());
    open.add(socket);
    socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
    return socket;
  }
}
