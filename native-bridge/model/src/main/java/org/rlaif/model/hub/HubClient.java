package org.rlaif.model.hub;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.net.http.HttpResponse.ResponseInfo;
import java.util.function.LongSupplier;
import org.rlaif.kit.IoConsumer;
import org.rlaif.kit.Json;

/**
 * Asks the hub, and again after 429, 5xx or a lost connection. The token goes to the hub's own host
 * only, wherever the hub sends us for a file. What fails is an {@link IOException} whose message
 * names the URL.
 */
final class HubClient {
  private static final int MOST_REDIRECTS = 5;
  private static final String ETAG = "X-Linked-Etag";

  /**
   * What the hub tells about a file.
   *
   * @param etag its checksum: SHA-256 of large files, git's SHA-1 of small ones
   * @param commit the one it belongs to; empty if the hub does not tell
   */
  record FileInfo(String etag, long size, String commit) {}

  private final HttpClient http;
  private final HubEnvironment environment;
  private final HubRetry retry;

  HubClient(HubEnvironment environment, HubRetry retry) {
    this.environment = environment;
    this.retry = retry;
    this.http = environment.proxies().client(retry.silence());
  }

  private URI uri(String path) {
    return URI.create(environment.endpoint() + path);
  }

  /** The first thing that is asked: a hub that cannot be reached is told at once. */
  JsonNode json(String path) throws IOException {
    URI uri = uri(path);
    return retry.run(
        environment.proxies().describe(uri),
        () -> 0,
        () -> {
          try {
            var request = HttpRequest.newBuilder(uri);
            var response = follow(request, BodyHandlers.ofString(), () -> 0, true);
            return Json.MAPPER.readTree(response.body());
          } catch (ConnectException | HttpConnectTimeoutException e) {
            throw new HubRetry.Refused("cannot be reached", e);
          } catch (JsonProcessingException e) {
            throw new HubRetry.Refused("answers with what is not JSON", e);
          }
        });
  }

  /** Where the hub sends us for a large file, the checksum may not be known: the hub tells it. */
  FileInfo info(String path) throws IOException {
    URI uri = uri(path);
    return retry.run(
        environment.proxies().describe(uri),
        () -> 0,
        () -> {
          var request =
              HttpRequest.newBuilder(uri).method("HEAD", HttpRequest.BodyPublishers.noBody());
          var response = follow(request, BodyHandlers.discarding(), () -> 0, false);
          var headers = response.headers();
          String etag = first(headers, ETAG, "ETag").replaceAll("^W/|\"", "");
          // The length of an answer that leads elsewhere is not that of the file.
          boolean here = response.statusCode() == 200;
          String size = first(headers, "X-Linked-Size", here ? "Content-Length" : "X-Linked-Size");
          if (!etag.matches("[0-9a-f]{40}|[0-9a-f]{64}") || !size.matches("\\d{1,15}")) {
            throw new HubRetry.Refused(
                "answers with ETag '" + etag + "' and size '" + size + "'", null);
          }
          return new FileInfo(etag, Long.parseLong(size), first(headers, "X-Repo-Commit"));
        });
  }

  /** Gets the bytes from the body's offset on; after a break, from where it is by then. */
  void get(String path, PartialBlob body) throws IOException {
    URI uri = uri(path);
    retry.run(
        environment.proxies().describe(uri),
        body::offset,
        () -> {
          var request = HttpRequest.newBuilder(uri);
          if (body.offset() > 0) {
            request.header("Range", "bytes=" + body.offset() + "-");
          }
          try (var attempt = new Attempt(body)) {
            follow(request, attempt, body::offset, true);
          }
          body.end();
          return body;
        });
  }

  /** What one request brings; nothing of it arrives after it was given up. */
  private static final class Attempt implements BodyHandler<Void>, AutoCloseable {
    private final PartialBlob body;
    private boolean over;

    Attempt(PartialBlob body) {
      this.body = body;
    }

    @Override
    public BodySubscriber<Void> apply(ResponseInfo info) {
      if (info.statusCode() != 200 && info.statusCode() != 206) {
        return BodySubscribers.discarding();
      }
      String range = first(info.headers(), "Content-Range");
      boolean fromOffset = range.startsWith("bytes " + body.offset() + "-");
      take(into -> into.begin(info.statusCode() == 206 && fromOffset));
      return BodySubscribers.ofByteArrayConsumer(
          piece -> piece.ifPresent(bytes -> take(into -> into.accept(bytes))));
    }

    private synchronized void take(IoConsumer<PartialBlob> write) {
      if (!over) {
        try {
          write.accept(body);
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    }

    @Override
    public synchronized void close() {
      over = true;
    }
  }

  /**
   * Sends a request to wherever it leads, or only until somebody tells a file's checksum.
   *
   * @param progress changes as long as the answer is on its way
   */
  private <T> HttpResponse<T> follow(
      HttpRequest.Builder request, BodyHandler<T> handler, LongSupplier progress, boolean toTheEnd)
      throws IOException {
    URI uri = request.build().uri();
    for (int hop = 0; hop <= MOST_REDIRECTS; hop++) {
      var signed = request.copy().uri(uri).timeout(retry.silence());
      signed.header("User-Agent", "rlaif").header("Accept-Encoding", "identity");
      boolean own = isOwn(uri);
      if (own) {
        environment.token().sign(signed);
      }
      environment.proxies().sign(signed, uri);
      HttpResponse<T> response =
          retry.await(http.sendAsync(signed.build(), handler), progress, uri.getHost());
      int status = response.statusCode();
      if (status == 200 || status == 206) {
        return response;
      } else if (status < 300 || status >= 400 || status == 304) {
        throw failure(response, own);
      }
      uri = target(uri, first(response.headers(), "Location"));
      if (!toTheEnd && !isOwn(uri) && !first(response.headers(), ETAG).isEmpty()) {
        return response;
      }
    }
    throw new HubRetry.Refused("sends elsewhere more than " + MOST_REDIRECTS + " times", null);
  }

  private static URI target(URI from, String location) throws IOException {
    try {
      URI to = from.resolve(location);
      String scheme = String.valueOf(to.getScheme());
      if (to.getHost() != null
          && (scheme.equals("https")
              || (scheme.equals("http") && from.getScheme().equals("http")))) {
        return to;
      }
      throw new HubRetry.Refused("sends to a place that is not " + from.getScheme(), null);
    } catch (IllegalArgumentException e) {
      throw new HubRetry.Refused("sends to a place that is no URL", e);
    }
  }

  private boolean isOwn(URI uri) {
    return uri.getScheme().equalsIgnoreCase(environment.endpoint().getScheme())
        && uri.getHost().equalsIgnoreCase(environment.endpoint().getHost())
        && uri.getPort() == environment.endpoint().getPort();
  }

  /** Elsewhere the permission is part of the address: a fresh one may do. */
  private IOException failure(HttpResponse<?> response, boolean own) {
    int status = response.statusCode();
    String what = "answers " + status;
    String code = first(response.headers(), "X-Error-Code");
    if (code.matches("\\w{1,40}")) {
      what += " " + code;
    }
    if (status == 407) {
      return new HubRetry.Refused(
          what + " (the proxy wants a name and a password: http://name:password@host:port)", null);
    } else if (status == 429 || status == 408 || status >= 500 || !own) {
      return new HubRetry.Again(what, first(response.headers(), "Retry-After"));
    } else if (status == 401 || status == 403) {
      return new HubRetry.Refused(what + " (" + environment.token().advice() + ")", null);
    } else if (status == 404) {
      return new HubRetry.Refused(what + " (no such model or data set, revision or file)", null);
    }
    return new HubRetry.Refused(what, null);
  }

  /** The first of these headers that is there, or nothing. */
  private static String first(HttpHeaders headers, String... names) {
    for (String name : names) {
      var value = headers.firstValue(name);
      if (value.isPresent()) {
        return value.get().strip();
      }
    }
    return "";
  }
}
