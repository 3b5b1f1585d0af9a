package org.rlaif.training.cli;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

/** A server that was typed; it listens. */
final class TypedServer {
  private final Thread thread;
  private final int port;

  private TypedServer(Thread thread, int port) {
    this.thread = thread;
    this.port = port;
  }

  /** Starts one with these words, on a free port. */
  static TypedServer start(String... words) throws IOException, InterruptedException {
    int port = freePort();
    List<String> typed = new ArrayList<>(List.of(words));
    typed.addAll(List.of("--port", "" + port));
    Thread thread = new Thread(() -> Typed.rlaif(typed.toArray(String[]::new)), "typed-serve");
    thread.start();
    awaitPort(port);
    return new TypedServer(thread, port);
  }

  String address() {
    return "127.0.0.1:" + port;
  }

  void close() throws InterruptedException {
    thread.interrupt();
    thread.join(30_000);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private static void awaitPort(int port) throws InterruptedException {
    long end = System.nanoTime() + 60_000_000_000L;
    while (System.nanoTime() < end) {
      try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
        assertTrue(socket.isConnected());
        return;
      } catch (IOException notYet) {
        Thread.sleep(50);
      }
    }
    throw new AssertionError("no server on port " + port + " within 60 s");
  }
}
