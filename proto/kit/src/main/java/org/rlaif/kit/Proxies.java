package org.rlaif.kit;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The proxies that the environment names, read as curl and Python's requests do: {@code
 * https_proxy} or {@code http_proxy} by the URL's scheme, then {@code all_proxy}; in small letters
 * before large ones, and an empty one is not set. {@code no_proxy} lists, by commas or spaces,
 * hosts that are asked directly, with their subdomains and perhaps a port; {@code *} is all of
 * them.
 *
 * <p>Where the environment names none, Java's own properties decide ({@code https.proxyHost}).
 */
public final class Proxies extends ProxySelector {
  /** Name and password may have any characters; they end at the last @. */
  private static final Pattern URL =
      Pattern.compile(
          "(?:http://)?(?:(?!\\w+://)(?<who>.*)@)?"
              + "(?<host>[\\w.-]+|\\[[\\p{XDigit}:.]+])(?::(?<port>\\d{1,5}))?/?",
          Pattern.CASE_INSENSITIVE);

  private static final int DEFAULT_PORT = 80;
  private static final int LAST_PORT = 65535;
  private static final String NO_PASSWORDS = "jdk.http.auth.tunneling.disabledSchemes";

  static {
    // Java's client shows no password to a proxy on the way to an https URL unless it is told to,
    // before its first request in this process.
    if (System.getProperty(NO_PASSWORDS) == null) {
      System.setProperty(NO_PASSWORDS, "");
    }
  }

  private final Function<String, @Nullable String> environment;

  /**
   * Nothing is read before a URL is asked for: who needs no network needs no proxy.
   *
   * @param environment where variables are looked up: {@code System::getenv}
   */
  public Proxies(Function<String, @Nullable String> environment) {
    this.environment = environment;
  }

  /**
   * One that the environment names.
   *
   * @param variable that names it
   * @param who {@code name:password}, or empty
   */
  private record Named(String variable, String host, int port, String who) {
    static Named of(String variable, String value) {
      Matcher url = URL.matcher(value);
      if (url.matches()) {
        String port = url.group("port");
        int number = port == null ? DEFAULT_PORT : Integer.parseInt(port);
        String who = decoded(url.group("who"));
        if (number > 0 && number <= LAST_PORT && who != null) {
          return new Named(variable, url.group("host"), number, who);
        }
      }
      throw UserError.expected(
          variable,
          value.replaceFirst("(?s)^.*@", "...@"), // what stands there is secret
          "http://host:port or http://name:password@host:port");
    }

    private static @Nullable String decoded(@Nullable String who) {
      try {
        return who == null
            ? ""
            : URLDecoder.decode(who.replace("+", "%2B"), StandardCharsets.UTF_8);
      } catch (IllegalArgumentException e) {
        return null;
      }
    }

    @Override
    public String toString() {
      return host + ":" + port + " of " + variable;
    }
  }

  /**
   * @throws UserError if the variable that counts for this URL is no proxy
   */
  @Override
  public List<Proxy> select(URI uri) {
    Named named = named(uri);
    if (named != null) {
      return List.of(new Proxy(Proxy.Type.HTTP, new InetSocketAddress(named.host(), named.port())));
    }
    ProxySelector javas = ProxySelector.getDefault();
    return variable(uri) != null || javas == null ? List.of(Proxy.NO_PROXY) : javas.select(uri);
  }

  /** A failure is told by who sent the request. */
  /** A client that asks by these proxies, and follows no redirect by itself. */
  public HttpClient client(Duration connectTimeout) {
    return HttpClient.newBuilder()
        .proxy(this)
        .connectTimeout(connectTimeout)
        .version(HttpClient.Version.HTTP_1_1)
        .followRedirects(HttpClient.Redirect.NEVER)
        .build();
  }

  @Override
  public void connectFailed(URI uri, SocketAddress proxy, IOException e) {}

  /** Shows a proxy the name and password that it wants, before it asks (RFC 7617). */
  public void sign(HttpRequest.Builder request, URI uri) {
    Named named = named(uri);
    if (named != null && !named.who().isEmpty()) {
      byte[] who = named.who().getBytes(StandardCharsets.UTF_8);
      request.header("Proxy-Authorization", "Basic " + Base64.getEncoder().encodeToString(who));
    }
  }

  /** The URL, and the proxy on the way to it, in messages. */
  public String describe(URI uri) {
    Named named = named(uri);
    return named == null ? uri.toString() : uri + " by the proxy " + named;
  }

  private @Nullable Named named(URI uri) {
    String variable = variable(uri);
    return variable == null || isDirect(uri) ? null : Named.of(variable, value(variable));
  }

  private @Nullable String variable(URI uri) {
    String scheme = uri.getScheme().toLowerCase(Locale.ROOT);
    return Stream.of(scheme + "_proxy", "all_proxy")
        .flatMap(name -> Stream.of(name, name.toUpperCase(Locale.ROOT)))
        .filter(name -> !value(name).isEmpty())
        .findFirst()
        .orElse(null);
  }

  private boolean isDirect(URI uri) {
    String host = uri.getHost().toLowerCase(Locale.ROOT);
    String small = value("no_proxy");
    String list = small.isEmpty() ? value("NO_PROXY") : small;
    int port = uri.getPort() >= 0 ? uri.getPort() : uri.getScheme().equals("https") ? 443 : 80;
    return Arrays.stream(list.toLowerCase(Locale.ROOT).split("[,\\s]+"))
        .map(entry -> entry.replaceFirst("^\\*?\\.", ""))
        .filter(entry -> !entry.isEmpty())
        .anyMatch(
            entry ->
                entry.equals("*")
                    || Stream.of(host, host + ":" + port, host.replaceAll("[\\[\\]]", ""))
                        .anyMatch(name -> name.equals(entry) || name.endsWith("." + entry)));
  }

  private String value(String variable) {
    String value = environment.apply(variable);
    return value == null ? "" : value.strip();
  }
}
