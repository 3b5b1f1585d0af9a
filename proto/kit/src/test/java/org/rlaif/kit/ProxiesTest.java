package org.rlaif.kit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URI;
import java.net.http.HttpRequest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Which proxy is asked, by what the environment says. */
class ProxiesTest {
  private static final String HUB = "http://hub.invalid";

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
          new Proxies(all::get).describe(URI.create("https://hub.invalid/x")));
      all.put(variable, " ");
    }
    assertEquals(
        List.of(
            new Proxy(
                Proxy.Type.HTTP, new InetSocketAddress(InetAddress.getLoopbackAddress(), 80))),
        new Proxies(all::get).select(URI.create(HUB)));
    assertEquals(
        List.of(Proxy.NO_PROXY), new Proxies(all::get).select(URI.create("https://hub.invalid")));
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
    assertFalse(new Proxies(both::get).describe(URI.create("http://hub.org")).endsWith("hub.org"));
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
          assertThrows(UserError.class, () -> http(none).select(URI.create(HUB))).getMessage();
      assertTrue(message.startsWith("HTTP_PROXY: "), message);
      assertTrue(
          message.endsWith(" (expected: http://host:port or http://name:password@host:port)"),
          message);
      assertFalse(message.contains("cret"), message);
      assertEquals(1, message.lines().count());
    }
  }

  private static Proxies http(String proxy) {
    return new Proxies(Map.of("HTTP_PROXY", proxy)::get);
  }

  private static boolean isDirect(String url, String list) {
    var proxies = new Proxies(Map.of("HTTP_PROXY", "127.0.0.1:1", "NO_PROXY", list)::get);
    URI uri = URI.create(url);
    var request = HttpRequest.newBuilder(uri);
    proxies.sign(request, uri);
    boolean direct = proxies.select(uri).equals(List.of(Proxy.NO_PROXY));
    assertEquals(
        direct ? url : url + " by the proxy 127.0.0.1:1 of HTTP_PROXY", proxies.describe(uri));
    assertTrue(request.build().headers().map().isEmpty());
    return direct;
  }
}
