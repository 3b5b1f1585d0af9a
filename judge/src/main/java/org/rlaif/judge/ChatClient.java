package org.rlaif.judge;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.rlaif.kit.Json;
import org.rlaif.kit.Proxies;
import org.rlaif.kit.UserError;

/**
 * Posts to one URL, and again after 429, 5xx or a lost connection: at the time that Retry-After
 * asks for, otherwise after twice as long each time. Redirects are not followed, so a key goes to
 * the host it is meant for or nowhere.
 */
final class ChatClient {
  private static final Duration CONNECT = Duration.ofSeconds(10);
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(60);
  private static final int EXCERPT = 200;

  /** What came back. */
  sealed interface Reply {
    /** Status 200, and JSON. */
    record Body(JsonNode json) implements Reply {}

    /** This request, as far as one can tell, and not all of them. */
    record Refused(String why) implements Reply {}
  }

  private final HttpClient http;
  private final URI uri;
  private final String model;
  private final ApiKey key;
  private final Proxies proxies;
  private final int attempts;
  private final Duration timeout;
  private final Duration firstWait;

  ChatClient(
      URI uri,
      String model,
      ApiKey key,
      Proxies proxies,
      int attempts,
      Duration timeout,
      Duration firstWait) {
    this.http =
        HttpClient.newBuilder()
            .proxy(proxies)
            .connectTimeout(CONNECT)
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();
    this.uri = uri;
    this.model = model;
    this.key = key;
    this.proxies = proxies;
    this.attempts = attempts;
    this.timeout = timeout;
    this.firstWait = firstWait;
  }

  /**
   * Posts a JSON text.
   *
   * @throws UserError if the URL, the key, the model or a proxy is wrong, or the endpoint is away
   */
  Reply post(String json) {
    for (int attempt = 1; ; attempt++) {
      String failure;
      boolean away = true;
      Duration wait = backoff(attempt);
      try {
        HttpResponse<String> response = exchange(json);
        int status = response.statusCode();
        failure = "status " + status;
        if (status == 200) {
          return parse(response.body());
        } else if (status == 401 || status == 403) {
          throw wrong(failure, key.advice());
        } else if (status == 407) {
          throw wrong(
              failure,
              "200; the proxy wants a name and a password: http://name:password@host:port");
        } else if (status == 404 || (status >= 300 && status < 400)) {
          throw wrong(failure, "200; are the URL and the model right?");
        } else if (status != 429 && status != 408 && status < 500) {
          return new Reply.Refused(failure + ": " + reason(response.body()));
        }
        away = status < 500;
        Duration asked = retryAfter(response);
        wait = asked == null ? wait : asked;
      } catch (IOException e) {
        failure =
            e.getClass().getSimpleName() + (e.getMessage() == null ? "" : " " + e.getMessage());
      } catch (TimeoutException e) {
        failure = "no answer within " + timeout.toSeconds() + " s";
      }
      if (attempt >= attempts) {
        if (away) {
          throw wrong(failure + ", " + attempts + " times", "an answer");
        }
        return new Reply.Refused(failure + ", " + attempts + " times");
      }
      sleep(wait);
    }
  }

  UserError wrong(String what, String expectation) {
    return UserError.expected(
        "endpoint " + proxies.describe(uri) + ", model " + model,
        key.removeFrom(what),
        expectation);
  }

  private HttpResponse<String> exchange(String json) throws IOException, TimeoutException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri)
            .timeout(timeout)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(json));
    key.sign(request);
    proxies.sign(request, uri);
    // The request's own time limit ends with the headers; this one covers the body too.
    CompletableFuture<HttpResponse<String>> response =
        http.sendAsync(request.build(), HttpResponse.BodyHandlers.ofString());
    try {
      return response.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException io) {
        throw io;
      }
      throw new IllegalStateException("the request to " + uri + " failed", e.getCause());
    } catch (InterruptedException e) {
      throw interrupted(e);
    } finally {
      response.cancel(true);
    }
  }

  private Reply parse(String body) {
    try {
      return new Reply.Body(Json.MAPPER.readTree(body));
    } catch (JsonProcessingException e) {
      return new Reply.Refused("status 200, but not JSON: " + excerpt(body));
    }
  }

  /** The message in an error's body, or the start of the body. */
  private String reason(String body) {
    try {
      JsonNode message = Json.MAPPER.readTree(body).path("error").path("message");
      return excerpt(message.isTextual() ? message.asText() : body);
    } catch (JsonProcessingException e) {
      return excerpt(body);
    }
  }

  private String excerpt(String text) {
    String line = key.removeFrom(text).strip().replaceAll("\\s+", " ");
    return line.length() > EXCERPT ? line.substring(0, EXCERPT) + "…" : line;
  }

  /** Retry-After in seconds or as a date (RFC 9110, section 10.2.3), bounded. */
  private static @Nullable Duration retryAfter(HttpResponse<?> response) {
    String value = response.headers().firstValue("Retry-After").orElse("").strip();
    if (value.isEmpty()) {
      return null;
    }
    Duration asked;
    if (value.matches("\\d{1,9}")) {
      asked = Duration.ofSeconds(Long.parseLong(value));
    } else {
      try {
        Instant at = ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
        asked = Duration.between(Instant.now(), at);
      } catch (DateTimeParseException e) {
        return null; // not a date either: wait as if nothing had been asked for
      }
    }
    return asked.isNegative() ? Duration.ZERO : min(asked, LONGEST_WAIT);
  }

  /** Doubles, and is spread, so that several connections do not come back at once. */
  private Duration backoff(int attempt) {
    double factor = Math.scalb(0.5 + 0.5 * ThreadLocalRandom.current().nextDouble(), attempt - 1);
    return min(Duration.ofMillis((long) (firstWait.toMillis() * factor)), LONGEST_WAIT);
  }

  private static Duration min(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }

  private void sleep(Duration wait) {
    try {
      Thread.sleep(wait.toMillis());
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private IllegalStateException interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new IllegalStateException("interrupted while waiting for " + uri, e);
  }
}
