package org.rlaif.model.hub;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.rlaif.model.hub.FakeHub.COMMIT;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlaif.kit.UserError;
import org.rlaif.model.hub.FakeHub.Request;

final class HubTest {
  private static final String SECRET = "hf_secret";
  private static final String WEIGHTS = "model.safetensors";
  private static final String LIST = "/api/models/org/tiny/revision/main";

  private final FakeHub hub = new FakeHub();
  private final byte[] weights = new byte[300_000];

  private HubRetry retry = retry(Duration.ofSeconds(20));

  @TempDir private Path home;
  private Path model;

  @BeforeEach
  void fill() {
    new Random(1).nextBytes(weights);
    hub.files.put(WEIGHTS, weights);
    for (String small : List.of("config.json", "tokenizer.json", "tokenizer_config.json")) {
      hub.files.put(small, ("{\"of\": \"" + small + "\"}").getBytes(StandardCharsets.UTF_8));
    }
    hub.files.put("chat_template.jinja", "hello world\n".getBytes(StandardCharsets.UTF_8));
    hub.files.put("README.md", new byte[10]);
    hub.files.put("pytorch_model.bin", new byte[10]);
    hub.files.put("consolidated.safetensors", new byte[10]);
    model = home.resolve("hub/models--org--tiny");
  }

  @AfterEach
  void stop() {
    hub.close();
  }

  /** What {@code git hash-object} says of "hello world" and a line's end, known by heart. */
  @Test
  void downloadsIntoTheCacheAsHuggingFacesToolsDo() throws IOException {
    Path snapshot = resolve("org/tiny");
    assertEquals(model.resolve("snapshots").resolve(COMMIT), snapshot);
    assertEquals("org/tiny@" + COMMIT, Hub.nameOf(snapshot));
    assertNull(Hub.nameOf(model));
    assertEquals(COMMIT, Files.readString(model.resolve("refs/main")));
    assertEquals(
        "3b18e512dba79e4c8300dd08aeb37f8e728b8dad",
        Files.readSymbolicLink(snapshot.resolve("chat_template.jinja")).getFileName().toString());
    assertEquals(
        Path.of("../../blobs", FakeHub.sha256(weights)),
        Files.readSymbolicLink(snapshot.resolve(WEIGHTS)));
    assertArrayEquals(weights, Files.readAllBytes(snapshot.resolve(WEIGHTS)));
    assertEquals(
        List.of(
            "chat_template.jinja",
            "config.json",
            WEIGHTS,
            "tokenizer.json",
            "tokenizer_config.json"),
        names(snapshot));
    assertEquals(5, names(model.resolve("blobs")).size(), "and nothing unfinished");
  }

  @Test
  void whatIsInTheCacheIsNotAskedFor() {
    Path snapshot = resolve("org/tiny");
    hub.requests.clear();
    assertEquals(snapshot, resolve("org/tiny"));
    assertEquals(snapshot, resolve("org/tiny@main"));
    assertEquals(snapshot, resolve("org/tiny@" + COMMIT));
    assertEquals(snapshot, resolve("org/tiny@" + COMMIT.substring(0, 8)));
    assertEquals(List.of(), hub.requests);
  }

  @Test
  void whatIsMeantToBeAFolderIsNotLookedUp() {
    // src/test is a folder here, so what is said to be in it is another.
    for (String path : List.of("./org/tiny", "../tiny", "/org/tiny", "src/tiny", "src/test/tiny")) {
      assertEquals(
          "model: " + path + " (expected: a folder that exists; there is no such folder)",
          assertThrows(UserError.class, () -> resolve(path)).getMessage());
    }
    assertEquals(List.of(), hub.requests);
    assertThrows(UserError.class, () -> resolve("src/tiny@main"));
    assertFalse(hub.requests.isEmpty(), "a revision says that the hub is meant");
  }

  @Test
  void aRevisionIsABranchATagOrACommit() throws IOException {
    resolve("org/tiny@refs/pr/1");
    assertTrue(hub.requests.get(0).path().endsWith("/revision/refs%2Fpr%2F1"));
    assertEquals(COMMIT, Files.readString(model.resolve("refs/refs/pr/1")));
    resolve("org/tiny@v1.0");
    assertEquals(COMMIT, Files.readString(model.resolve("refs/v1.0")));
    assertEquals(1, hub.requests.stream().filter(Request::large).count(), "blobs are shared");
  }

  @Test
  void theTokenGoesToTheHubAlone() {
    resolve("org/tiny", Map.of("HF_TOKEN", SECRET));
    assertTrue(hub.requests.stream().anyMatch(Request::large));
    for (Request request : hub.requests) {
      if (request.large()) {
        assertNull(request.key(), request.path());
      } else {
        assertEquals("Bearer " + SECRET, request.key(), request.path());
      }
    }
  }

  /** A mirror that knows nothing itself: every question is sent on, without the token. */
  @Test
  void aMirrorMaySendUsToTheHub() throws IOException {
    var mirror = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    mirror.createContext(
        "/",
        exchange -> {
          exchange.getResponseHeaders().set("Location", hub.url() + exchange.getRequestURI());
          exchange.sendResponseHeaders(308, -1);
          exchange.close();
        });
    mirror.start();
    try {
      String url = "http://127.0.0.1:" + mirror.getAddress().getPort();
      Path snapshot = resolve("org/tiny", Map.of("HF_ENDPOINT", url, "HF_TOKEN", SECRET));
      assertArrayEquals(weights, Files.readAllBytes(snapshot.resolve(WEIGHTS)));
      assertTrue(hub.requests.stream().allMatch(request -> request.key() == null));
    } finally {
      mirror.stop(0);
    }
  }

  @Test
  void aBrokenDownloadGoesOnWhereItWas() throws IOException {
    hub.largeTroubles.add(FakeHub.breakAfter(100_000));
    Path snapshot = resolve("org/tiny");
    assertArrayEquals(weights, Files.readAllBytes(snapshot.resolve(WEIGHTS)));
    List<Request> large = hub.requests.stream().filter(Request::large).toList();
    assertEquals(2, large.size());
    long from = offset(large.get(1));
    assertTrue(from > 0 && from <= 100_000, () -> "from " + from);
  }

  @Test
  void theNextRunGoesOnToo() throws IOException {
    for (int i = 0; i < 9; i++) {
      hub.largeTroubles.add(FakeHub.breakAfter(100_000 - 1000 * i));
    }
    hub.honoursRange = false;
    assertMessage("org/tiny", "failed: ", ", 3 times");
    assertFalse(Files.exists(model.resolve("snapshots")), "no half of a model");
    hub.largeTroubles.clear();
    hub.requests.clear();
    hub.honoursRange = true;
    Path snapshot = resolve("org/tiny");
    assertArrayEquals(weights, Files.readAllBytes(snapshot.resolve(WEIGHTS)));
    assertTrue(offset(hub.requests.stream().filter(Request::large).findFirst().orElseThrow()) > 0);
  }

  @Test
  void aServerThatStartsAgainIsUnderstood() throws IOException {
    hub.honoursRange = false;
    hub.largeTroubles.add(FakeHub.breakAfter(100_000));
    assertArrayEquals(weights, Files.readAllBytes(resolve("org/tiny").resolve(WEIGHTS)));
  }

  @Test
  void otherBytesAreNotKept() throws IOException {
    FakeHub.Trouble wrong =
        (exchange, content) -> {
          exchange.sendResponseHeaders(200, content.length);
          exchange.getResponseBody().write(new byte[content.length]);
          return true;
        };
    hub.largeTroubles.add(wrong);
    String expected = FakeHub.sha256(weights);
    assertMessage(
        "org/tiny",
        "model.safetensors: checksum " + FakeHub.sha256(new byte[weights.length]),
        " (expected: " + expected + "); try again");
    assertFalse(names(model.resolve("blobs")).toString().contains(expected));
    resolve("org/tiny");
    FakeHub.Trouble more =
        (exchange, content) -> {
          exchange.sendResponseHeaders(200, content.length + 1);
          exchange.getResponseBody().write(new byte[content.length + 1]);
          return true;
        };
    Files.delete(model.resolve("blobs").resolve(expected));
    hub.largeTroubles.add(more);
    assertMessage("org/tiny", "was not kept: ", "more than 300000 bytes");
  }

  @Test
  void waitsAsLongAsItIsAsked() {
    hub.hubTroubles.add(FakeHub.status(429, "Retry-After", "1"));
    hub.hubTroubles.add(FakeHub.status(503));
    long start = System.nanoTime();
    resolve("org/tiny");
    assertTrue(System.nanoTime() - start >= 1_000_000_000L);
  }

  @Test
  void aHubThatStaysAwayIsNamed() throws IOException {
    for (int i = 0; i < 3; i++) {
      hub.hubTroubles.add(FakeHub.status(503));
    }
    assertMessage(
        "org/tiny",
        "model org/tiny: no such folder, not whole in " + model + ", and " + hub.url() + LIST,
        " answers 503, 3 times");
    for (int i = 0; i < 3; i++) {
      hub.hubTroubles.add(FakeHub.silenceAfter(0, 800));
    }
    retry = retry(Duration.ofMillis(400));
    assertMessage("org/tiny", hub.url() + LIST, " was silent for 0.4 s, 3 times");
    retry = retry(Duration.ofSeconds(20));
    int closed;
    try (var socket = new ServerSocket(0)) {
      closed = socket.getLocalPort();
    }
    String nobody = "http://localhost:" + closed;
    var e =
        assertThrows(
            UserError.class, () -> resolve("org/tiny", Map.of("HF_ENDPOINT", nobody + "/")));
    assertEquals(
        "model org/tiny: no such folder, not whole in "
            + model
            + ", and "
            + nobody
            + LIST
            + " cannot be reached",
        e.getMessage());
  }

  @Test
  void aDownloadThatStopsIsTakenUpAgain() throws IOException {
    retry = retry(Duration.ofMillis(1500));
    hub.largeTroubles.add(FakeHub.silenceAfter(100_000, 6000));
    assertArrayEquals(weights, Files.readAllBytes(resolve("org/tiny").resolve(WEIGHTS)));
    assertEquals(2, hub.requests.stream().filter(Request::large).count());
  }

  @Test
  void refusalsSayWhatToLookAt() {
    hub.hubTroubles.add(FakeHub.status(401, "X-Error-Code", "RepoNotFound"));
    assertMessage(
        "org/tiny", LIST, " answers 401 RepoNotFound (the model is not there, or wants a token");
    hub.hubTroubles.add(FakeHub.status(403, "X-Error-Code", "GatedRepo"));
    var e = assertThrows(UserError.class, () -> resolve("org/tiny", Map.of("HF_TOKEN", SECRET)));
    assertTrue(
        e.getMessage()
            .endsWith(
                " answers 403 GatedRepo (the model is not there, or wants more than the token in"
                    + " HF_TOKEN allows)"));
    assertFalse(e.toString().contains(SECRET));
    assertMessage(
        "org/other", "/api/models/org/other/revision/main answers 404", " (no such model");
    hub.hubTroubles.add(FakeHub.status(302, "Location", "file:///etc/passwd"));
    assertMessage("org/tiny", LIST, " sends to a place that is not http");
  }

  @Test
  void offlineIsOffline() {
    var offline = Map.of("HF_HUB_OFFLINE", "1");
    var e = assertThrows(UserError.class, () -> resolve("org/tiny", offline));
    assertEquals(
        "model org/tiny: no such folder, not whole in "
            + model
            + ", and HF_HUB_OFFLINE=1 forbids to ask "
            + hub.url()
            + " for it",
        e.getMessage());
    assertThrows(
        UserError.class, () -> resolve("org/tiny", Map.of("TRANSFORMERS_OFFLINE", "true")));
    assertEquals(List.of(), hub.requests);
    Path snapshot = resolve("org/tiny");
    assertEquals(snapshot, resolve("org/tiny", offline));
  }

  /** As another tool leaves it that needed no more than the configuration. */
  @Test
  void whatIsMissingIsFetched() throws IOException {
    Path snapshot = resolve("org/tiny");
    Files.delete(model.resolve("blobs").resolve(FakeHub.sha256(weights)));
    Files.delete(snapshot.resolve("tokenizer.json"));
    hub.requests.clear();
    assertEquals(snapshot, resolve("org/tiny"));
    assertArrayEquals(weights, Files.readAllBytes(snapshot.resolve(WEIGHTS)));
    assertTrue(Files.isRegularFile(snapshot.resolve("tokenizer.json")));
    assertEquals(1, hub.requests.stream().filter(Request::large).count());
  }

  @Test
  void shardsAreFetchedWithTheirIndex() throws IOException {
    hub.files.remove(WEIGHTS);
    assertMessage("org/tiny", "the hub's org/tiny@main has no model.safetensors", "");
    String shard = "model-00001-of-00001.safetensors";
    hub.files.put(
        WEIGHTS + ".index.json",
        ("{\"weight_map\": {\"a\": \"" + shard + "\"}}").getBytes(StandardCharsets.UTF_8));
    assertMessage("org/tiny", "has no weights for all of its index", "");
    hub.files.put(shard, weights);
    assertArrayEquals(weights, Files.readAllBytes(resolve("org/tiny").resolve(shard)));
  }

  @Test
  void anAdapterNeedsNoModel() throws IOException {
    hub.files.clear();
    hub.files.put("adapter_config.json", new byte[] {'{', '}'});
    hub.files.put("adapter_model.safetensors", weights);
    Path snapshot = resolve("org/tiny");
    assertEquals(List.of("adapter_config.json", "adapter_model.safetensors"), names(snapshot));
  }

  @Test
  void nothingIsWrittenElsewhere() throws IOException {
    hub.alsoListed.addAll(
        List.of(
            "../config.json",
            "/config.json",
            "sub/config.json",
            "..",
            "tokenizer/../../../x.json",
            "model-00001-of-00001.safetensors/../../evil.safetensors"));
    assertEquals(5, names(resolve("org/tiny")).size());
    hub.etag = "../../../evil";
    assertMessage("org/tiny@other", " answers with ETag '../../../evil' and size", "");
    assertEquals(List.of("hub"), names(home));
  }

  @Test
  void whoComesTogetherDownloadsOnce() throws Exception {
    hub.largeTroubles.add(FakeHub.silenceAfter(100_000, 300));
    var threads = Executors.newFixedThreadPool(4);
    try {
      Callable<Path> one = () -> resolve("org/tiny");
      for (Future<Path> each : threads.invokeAll(List.of(one, one, one, one))) {
        assertArrayEquals(weights, Files.readAllBytes(each.get().resolve(WEIGHTS)));
      }
    } finally {
      threads.shutdown();
    }
    assertEquals(1, hub.requests.stream().filter(r -> r.path().equals(LIST)).count());
  }

  @Test
  void aFolderIsItself() {
    assertEquals(home, resolve(home.toString()));
    for (String none : List.of("", "tiny", "a/b/c", "org/..", "org/a..b", "org/a--b")) {
      var e = assertThrows(UserError.class, () -> resolve(none));
      assertEquals(
          "model: "
              + none
              + " (expected: a folder that exists, or org/name or org/name@revision on the hub)",
          e.getMessage());
    }
    for (String none : List.of("org/tiny@", "org/tiny@../x", "org/tiny@/x", "org/t y", "o/t?a=b")) {
      assertThrows(UserError.class, () -> resolve(none));
    }
    assertEquals(List.of(), hub.requests);
  }

  private static HubRetry retry(Duration silence) {
    return new HubRetry(3, Duration.ofMillis(5), silence);
  }

  private Path resolve(String name) {
    return resolve(name, Map.of());
  }

  private Path resolve(String name, Map<String, String> more) {
    var environment = new HashMap<>(Map.of("HF_ENDPOINT", hub.url(), "HF_HOME", home.toString()));
    environment.putAll(more);
    return new Hub(HubEnvironment.of(environment), retry).resolve(name);
  }

  private void assertMessage(String name, String part, String next) {
    String message = assertThrows(UserError.class, () -> resolve(name)).getMessage();
    assertTrue(message.contains(part), message);
    assertTrue(message.substring(message.indexOf(part)).contains(next), message);
    assertEquals(1, message.lines().count());
  }

  private static long offset(Request request) {
    String range = request.range();
    return range == null ? 0 : Long.parseLong(range.replaceAll("bytes=|-", ""));
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.map(path -> path.getFileName().toString()).sorted().toList();
    }
  }
}
