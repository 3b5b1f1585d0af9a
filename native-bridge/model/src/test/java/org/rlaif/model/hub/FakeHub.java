package org.rlaif.model.hub;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.rlaif.kit.Json;
import org.rlaif.kit.Retry;

/**
 * The hub on the loopback address, as far as downloads go: large files are at another host, small
 * ones at another path of the same host.
 */
final class FakeHub implements AutoCloseable {
  static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";

  private static final String RESOLVE = "/org/tiny/resolve/" + COMMIT + "/";

  /**
   * What came to the hub or, if large, to the place of large files.
   *
   * @param target the path, or all of the URL if it came as to a proxy
   */
  record Request(
      boolean large,
      String method,
      String path,
      String target,
      @Nullable String key,
      @Nullable String proxyKey,
      @Nullable String range) {}

  /** How one request goes wrong. */
  interface Trouble {
    /** Answers, or leaves the rest to the usual way. */
    boolean answered(HttpExchange exchange, byte[] content) throws IOException;
  }

  final Map<String, byte[]> files = new TreeMap<>();
  final List<String> alsoListed = new CopyOnWriteArrayList<>();
  final List<Request> requests = new CopyOnWriteArrayList<>();
  final ConcurrentLinkedQueue<Trouble> hubTroubles = new ConcurrentLinkedQueue<>();
  final ConcurrentLinkedQueue<Trouble> largeTroubles = new ConcurrentLinkedQueue<>();
  volatile boolean honoursRange = true;
  volatile @Nullable String etag;

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final HttpServer hub = server(false);
  private final HttpServer large = server(true);

  String url() {
    return "http://localhost:" + hub.getAddress().getPort();
  }

  static Trouble status(int status, String... header) {
    return (exchange, content) -> {
      if (header.length == 2) {
        exchange.getResponseHeaders().set(header[0], header[1]);
      }
      exchange.sendResponseHeaders(status, -1);
      return true;
    };
  }

  /** Some bytes of what was promised, then the end. */
  static Trouble breakAfter(int bytes) {
    return (exchange, content) -> {
      exchange.sendResponseHeaders(200, content.length);
      exchange.getResponseBody().write(content, 0, bytes);
      exchange.getResponseBody().flush();
      return true; // closed by the caller
    };
  }

  /** Some bytes of what was promised, then nothing, and no end. */
  static Trouble silenceAfter(int bytes, long millis) {
    return (exchange, content) -> {
      if (bytes > 0) {
        exchange.sendResponseHeaders(200, content.length);
        exchange.getResponseBody().write(content, 0, bytes);
        exchange.getResponseBody().flush();
      }
      Retry.sleep(Duration.ofMillis(millis), "the hub");
      return true;
    };
  }

  static String sha256(byte[] content) {
    return hash("SHA-256", content);
  }

  static String gitHash(byte[] content) {
    byte[] start = ("blob " + content.length + "\0").getBytes(StandardCharsets.UTF_8);
    byte[] all = Arrays.copyOf(start, start.length + content.length);
    System.arraycopy(content, 0, all, start.length, content.length);
    return hash("SHA-1", all);
  }

  @Override
  public void close() {
    hub.stop(0);
    large.stop(0);
    threads.shutdownNow();
  }

  private HttpServer server(boolean isLarge) {
    try {
      HttpServer server =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      server.setExecutor(threads);
      server.createContext("/", exchange -> answer(exchange, isLarge));
      server.start();
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void answer(HttpExchange exchange, boolean isLarge) throws IOException {
    try (exchange) {
      var headers = exchange.getRequestHeaders();
      String path = exchange.getRequestURI().getRawPath();
      requests.add(
          new Request(
              isLarge,
              exchange.getRequestMethod(),
              path,
              exchange.getRequestURI().toString(),
              headers.getFirst("Authorization"),
              headers.getFirst("Proxy-Authorization"),
              headers.getFirst("Range")));
      String file = file(path);
      byte[] content = files.get(file);
      Trouble trouble = (isLarge ? largeTroubles : hubTroubles).poll();
      if (trouble != null && trouble.answered(exchange, content == null ? new byte[0] : content)) {
        return;
      }
      if (path.matches("/api/(models|datasets)/org/tiny/revision/.*")) {
        send(exchange, list());
      } else if (content == null) {
        exchange.sendResponseHeaders(404, -1);
      } else if (isLarge || path.startsWith("/api/resolve-cache/")) {
        if (!isLarge) {
          describe(exchange, content, gitHash(content), "ETag", "Content-Length");
        }
        send(exchange, content);
      } else if (path.endsWith(RESOLVE + file)) {
        if (file.endsWith(".safetensors") || file.endsWith(".parquet")) {
          describe(exchange, content, sha256(content), "X-Linked-Etag", "X-Linked-Size");
          redirect(
              exchange, 302, "http://127.0.0.1:" + large.getAddress().getPort() + "/x/" + file);
        } else {
          redirect(exchange, 307, "/api/resolve-cache/" + file);
        }
      } else {
        exchange.sendResponseHeaders(404, -1);
      }
    }
  }

  /** With the folders that it is in, where they are part of its name. */
  private static String file(String path) {
    for (String before : List.of("/datasets" + RESOLVE, "/api/resolve-cache/", "/x/")) {
      if (path.startsWith(before)) {
        return path.substring(before.length());
      }
    }
    return path.substring(path.lastIndexOf('/') + 1);
  }

  private void describe(
      HttpExchange exchange, byte[] content, String hash, String etagName, String sizeName) {
    var headers = exchange.getResponseHeaders();
    headers.set(etagName, '"' + (etag == null ? hash : etag) + '"');
    headers.set(sizeName, Integer.toString(content.length));
    headers.set("X-Repo-Commit", COMMIT);
  }

  private static void redirect(HttpExchange exchange, int status, String to) throws IOException {
    exchange.getResponseHeaders().set("Location", to);
    exchange.sendResponseHeaders(status, -1);
  }

  private void send(HttpExchange exchange, byte[] content) throws IOException {
    if (exchange.getRequestMethod().equals("HEAD")) {
      exchange.sendResponseHeaders(200, -1);
      return;
    }
    String range = exchange.getRequestHeaders().getFirst("Range");
    int from = 0;
    if (range != null && honoursRange) {
      from = Integer.parseInt(range.replaceAll("bytes=|-", ""));
      exchange
          .getResponseHeaders()
          .set(
              "Content-Range", "bytes " + from + "-" + (content.length - 1) + "/" + content.length);
    }
    exchange.sendResponseHeaders(from > 0 ? 206 : 200, content.length - from);
    exchange.getResponseBody().write(content, from, content.length - from);
  }

  private byte[] list() throws IOException {
    var json = Json.MAPPER.createObjectNode().put("id", "org/tiny").put("sha", COMMIT);
    var siblings = json.putArray("siblings");
    files.keySet().forEach(file -> siblings.addObject().put("rfilename", file));
    alsoListed.forEach(file -> siblings.addObject().put("rfilename", file));
    return Json.MAPPER.writeValueAsBytes(json);
  }

  private static String hash(String algorithm, byte[] content) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(content));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
