package org.rlaif.model.hub;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlaif.kit.UserError;
import org.rlaif.model.hub.FakeHub.Request;

final class ProxiesTest {
  private static final String HUB = "http://hub.invalid";

  /** Base64 of "me:p@ss word+", by Python's base64.b64encode. */
  private static final String BASIC = "Basic bWU6cEBzcyB3b3JkKw==";

  @TempDir private Path home;

  @Test
  void theSchemesOwnVariableThenTheOneForAllInSmallLettersFirst() {
    var all =
        new HashMap<>(
            Map.of(
                "https_proxy", "http://127.0.0.1:1",
                "HTTPS_PROXY", "http://127.0.0.1:2",
                "all_proxy", "http://127.0.0.1:3",
                "ALL_PROXY", "http://127.0.0.1:4",
                "HTTP_PROXY", "127.0.0.1"));
    for (String variable : List.of("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")) {
      String expected = all.get(variable).substring("http://".length()) + " of " + variable;
      assertEquals(
          "https://hub.invalid/x by the proxy " + expected,
          new Proxies(all).describe(URI.create("https://hub.invalid/x")));
      all.put(variable, " ");
    }
    assertEquals(
        List.of(new Proxy(Proxy.Type.HTTP, new InetSocketAddress("127.0.0.1", 80))),
        new Proxies(all).select(URI.create(HUB)));
    assertEquals(
        List.of(Proxy.NO_PROXY), new Proxies(all).select(URI.create("https://hub.invalid")));
  }

  @Test
  void someHostsAreAskedDirectly() {
    for (String list :
        List.of(
            "*",
            "hub.org",
            "a, HUB.org",
            "a hub.org",
            "org",
            ".org",
            "*.org",
            ".hub.org",
            "hub.org:8080")) {
      assertTrue(isDirect("http://hub.org:8080/x", list), list);
    }
    assertTrue(isDirect("http://cdn.hub.org:8080", "hub.org:8080"));
    assertTrue(isDirect("http://hub.org", "hub.org:80"));
    assertTrue(isDirect("http://[::1]:8080", "::1"));
    assertTrue(isDirect("http://[::1]:8080", "[::1]"));
    for (String list : List.of("", " , ", "ub.org", "hub.or", "x.hub.org", "hub.org:80", "**")) {
      assertFalse(isDirect("http://hub.org:8080/x", list), list);
    }
    var both = Map.of("all_proxy", "127.0.0.1:1", "no_proxy", "a", "NO_PROXY", "hub.org");
    assertFalse(new Proxies(both).describe(URI.create("http://hub.org")).endsWith("hub.org"));
  }

  @Test
  void aValueThatIsNoProxyIsNamedAndItsPasswordIsNot() {
    for (String none :
        List.of(
            "socks5://127.0.0.1:1080",
            "socks5://me:secret@127.0.0.1:1080",
            "https://me:secret@127.0.0.1:1080",
            "https://127.0.0.1:443",
            "127.0.0.1:99999",
            "127.0.0.1:0",
            "127.0.0.1:",
            "a b",
            "http://me:secret@",
            "http://me:secret@host:x",
            "http://me:se\ncret@host:x",
            "http://me:secret%@host")) {
      String message =
          assertThrows(UserError.class, () -> resolve(HUB, Map.of("HTTP_PROXY", none)))
              .getMessage();
      assertTrue(message.startsWith("HTTP_PROXY: "), message);
      assertTrue(
          message.endsWith(" (expected: http://host:port or http://name:password@host:port)"),
          message);
      assertFalse(message.contains("cret"), message);
      assertEquals(1, message.lines().count());
    }
    assertEquals(home, resolve(home.toString(), HUB, Map.of("HTTP_PROXY", "a b")));
  }

  /** The hub's host does not exist: what arrives came by the proxy, large files directly. */
  @Test
  void downloadsByAProxyWhatIsNotDirect() throws IOException {
    try (FakeHub hub = new FakeHub()) {
      for (String file : List.of("config.json", "tokenizer.json", "model.safetensors")) {
        hub.files.put(file, file.getBytes(StandardCharsets.UTF_8));
      }
      String proxy = hub.url().replace("//", "//me:p%40ss word+@");
      Path model = resolve(HUB, Map.of("http_proxy", proxy, "NO_PROXY", "127.0.0.1"));
      assertArrayEquals(
          hub.files.get("model.safetensors"),
          Files.readAllBytes(model.resolve("model.safetensors")));
      assertTrue(hub.requests.stream().anyMatch(Request::large));
      for (Request request : hub.requests) {
        if (request.large()) {
          assertNull(request.proxyKey());
          assertTrue(request.target().startsWith("/"), request.target());
        } else {
          assertEquals(BASIC, request.proxyKey());
          assertTrue(request.target().startsWith(HUB + "/"), request.target());
        }
      }
    }
  }

  @Test
  void aProxyThatRefusesIsNamed() throws IOException {
    try (FakeHub hub = new FakeHub()) {
      hub.hubTroubles.add(FakeHub.status(407, "Proxy-Authenticate", "Basic realm=\"x\""));
      String message = failure(HUB, Map.of("HTTP_PROXY", hub.url() + "/"));
      assertTrue(
          message.endsWith(
              " by the proxy "
                  + hub.url().substring("http://".length())
                  + " of HTTP_PROXY answers 407 (the proxy wants a name and a password:"
                  + " http://name:password@host:port)"),
          message);
    }
    int closed;
    try (var socket = new ServerSocket(0)) {
      closed = socket.getLocalPort();
    }
    String message = failure(HUB, Map.of("ALL_PROXY", "http://me:secret@localhost:" + closed));
    assertTrue(
        message.endsWith(" by the proxy localhost:" + closed + " of ALL_PROXY cannot be reached"),
        message);
  }

  /** As far as there are no certificates: the proxy is asked for a way, and told by whom. */
  @Test
  void asksTheProxyForATunnelToAnHttpsHub() throws Exception {
    try (var proxy = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      var asked = CompletableFuture.supplyAsync(() -> refuse(proxy));
      String at = "me:p%40ss%20word+@localhost:" + proxy.getLocalPort();
      String message = failure("https://hub.invalid", Map.of("HTTPS_PROXY", at));
      String request = asked.join();
      assertTrue(request.startsWith("CONNECT hub.invalid:443 HTTP/1.1\n"), request);
      assertTrue(request.contains("Proxy-Authorization: " + BASIC + "\n"), request);
      assertFalse(request.contains("Bearer"), "the hub's token is the hub's");
      assertTrue(message.contains(" by the proxy localhost:"), message);
      assertTrue(message.contains(" of HTTPS_PROXY answers 407 "), message);
      assertFalse(message.contains("p@ss"), message);
    }
  }

  private static String refuse(ServerSocket proxy) {
    try (var socket = proxy.accept()) {
      var in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
      var head = new StringBuilder();
      for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
        head.append(line).append('\n');
      }
      String answer =
          "HTTP/1.1 407 No\r\nProxy-Authenticate: Basic realm=x\r\nContent-Length: 0\r\n\r\n";
      socket.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
      return head.toString();
    } catch (IOException e) {
      return e.toString();
    }
  }

  private static boolean isDirect(String url, String list) {
    var proxies = new Proxies(Map.of("HTTP_PROXY", "127.0.0.1:1", "NO_PROXY", list));
    URI uri = URI.create(url);
    var request = HttpRequest.newBuilder(uri);
    proxies.sign(request, uri);
    boolean direct = proxies.select(uri).equals(List.of(Proxy.NO_PROXY));
    assertEquals(
        direct ? url : url + " by the proxy 127.0.0.1:1 of HTTP_PROXY", proxies.describe(uri));
    assertTrue(request.build().headers().map().isEmpty());
    return direct;
  }

  private String failure(String hub, Map<String, String> more) {
    String message = assertThrows(UserError.class, () -> resolve(hub, more)).getMessage();
    assertEquals(1, message.lines().count());
    assertFalse(message.contains("secret"), message);
    return message;
  }

  private Path resolve(String hub, Map<String, String> more) {
    return resolve("org/tiny", hub, more);
  }

  private Path resolve(String name, String hub, Map<String, String> more) {
    var variables =
        new HashMap<>(Map.of("HF_ENDPOINT", hub, "HF_HOME", home.toString(), "HF_TOKEN", "hf_key"));
    variables.putAll(more);
    var patience = new Patience(3, Duration.ofMillis(5), Duration.ofSeconds(20));
    return new Hub(HubEnvironment.of(variables), patience).resolve(name);
  }
}
