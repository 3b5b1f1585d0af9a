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
import java.net.ServerSocket;
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

/** The hub by the proxies that the environment names. */
class HubProxyTest {
  private static final String HUB = "http://hub.invalid";

  /** Base64 of "me:p@ss word+", by Python's base64.b64encode. */
  private static final String BASIC = "Basic bWU6cEBzcyB3b3JkKw==";

  @TempDir private Path home;

  /** Who needs no network needs no proxy. */
  @Test
  void aFolderWantsNone() {
    assertEquals(home, resolve(home.toString(), HUB, Map.of("HTTP_PROXY", "a b")));
    UserError error =
        assertThrows(UserError.class, () -> resolve(HUB, Map.of("HTTP_PROXY", "a b")));
    assertTrue(error.getMessage().startsWith("HTTP_PROXY: a b (expected: "), error.getMessage());
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
    var retry = new HubRetry(3, Duration.ofMillis(5), Duration.ofSeconds(20));
    return new Hub(HubEnvironment.of(variables), retry).resolve(name);
  }
}
