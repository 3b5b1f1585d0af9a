package org.rlaif.judge.language;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.rlaif.kit.Json;
import org.rlaif.kit.Proxies;
import org.rlaif.kit.Retry;
import org.rlaif.kit.UserError;

/**
 * Posts to one URL, and again after 429, 5xx, a lost connection, or an answer that is none: at the
 * time that Retry-After asks for, otherwise after twice as long each time; {@link Patience} tells
 * how long. Redirects are not followed, so a key goes to the host it is meant for or nowhere.
 */
final class ChatClient {
  private static final Duration CONNECT = Duration.ofSeconds(10);

  /** Of silence, before a person is told what is waited for. */
  private static final Duration SAY_AFTER = Duration.ofSeconds(20);

  private static final int EXCERPT = 200;

  /** What came back. */
  sealed interface Reply {

    /** Status 200, and a chat completion. */
    record Body(JsonNode json) implements Reply {}

    /**
     * This request, as far as one can tell, and not all of them.
     *
     * @param why in one line
     * @param complaint what it says about the request, without what it quotes of it
     */
    record Refused(String why, String complaint) implements Reply {}
  }

  /**
   * Where questions are posted.
   *
   * @param timeout of one request with its answer
   * @param longestBody bytes that an answer may have
   */
  record Target(
      URI uri,
      String model,
      ApiKey key,
      Proxies proxies,
      Duration timeout,
      Duration firstWait,
      int longestBody) {}

  /**
   * Why there is no reply yet.
   *
   * @param asked how long the endpoint wants to be left alone, if it says so
   */
  private record Failure(Patience.Sign sign, String what, @Nullable Duration asked) {}

  private final HttpClient http;
  private final Target to;
  private final Patience patience;
  private final AtomicBoolean saidThatItWaits = new AtomicBoolean();

  ChatClient(Target to, Patience patience) {
    this.http = to.proxies().client(CONNECT);
    this.to = to;
    this.patience = patience;
  }

  /**
   * Posts a JSON text.
   *
   * @throws UserError if the URL, the key, the model or a proxy is wrong, or the endpoint is away
   */
  Reply post(String json) {
    long firstPut = System.nanoTime();
    long lastFailure = firstPut;
    for (int attempt = 1; ; attempt++) {
      Reply reply = null;
      Failure failure = null;
      try {
        HttpResponse<BoundedBody.Text> response = exchange(json);
        reply = reply(response);
        failure = reply == null ? failure(response) : null;
      } catch (IOException e) {
        failure = failure(e);
      } catch (TimeoutException e) {
        failure = late();
      }
      if (reply != null) {
        patience.answered();
        saidThatItWaits.set(false);
        return reply;
      }
      if (failure == null) {
        throw new IllegalStateException("neither a reply nor a failure");
      }
      Duration asked = failure.asked();
      if (asked != null && asked.compareTo(max(patience.longest(), Retry.LONGEST_WAIT)) > 0) {
        throw wrong(
            failure.what() + "; it wants to be asked again in " + asked.toSeconds() + " s",
            "an answer within endpoint.patienceSeconds: " + patience.longest().toSeconds());
      }
      switch (patience.after(failure.sign(), attempt, firstPut, lastFailure)) {
        case LEAVE_UNANSWERED -> {
          return new Reply.Refused(failure.what() + times(attempt), "");
        }
        case GIVE_UP -> throw wrong(failure.what() + times(attempt), "an answer");
        case ASK_AGAIN -> {
          lastFailure = System.nanoTime();
          sayThatItWaits(failure, patience.silence(firstPut));
          Duration wait = Retry.backoff(to.firstWait(), asked == null ? attempt : 1);
          Retry.sleep(asked == null ? wait : max(asked, wait), to.uri());
        }
      }
    }
  }

  private Failure failure(IOException e) {
    if (e instanceof HttpTimeoutException && !(e instanceof HttpConnectTimeoutException)) {
      return late();
    }
    boolean absent = e instanceof ConnectException;
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      absent |= cause instanceof CertificateException; // as little to be waited for
    }
    return new Failure(
        absent ? Patience.Sign.ABSENT : Patience.Sign.AWAY,
        e.getClass().getSimpleName() + (e.getMessage() == null ? "" : " " + e.getMessage()),
        null);
  }

  private Failure late() {
    return new Failure(
        Patience.Sign.AWAY, "no answer within " + to.timeout().toSeconds() + " s", null);
  }

  private static String times(int attempts) {
    return attempts == 1 ? "" : ", " + attempts + " times";
  }

  /** Once for each time that the endpoint is away. */
  private void sayThatItWaits(Failure failure, Duration silence) {
    if (silence.compareTo(SAY_AFTER) > 0 && saidThatItWaits.compareAndSet(false, true)) {
      System.err.println(
          "endpoint "
              + to.proxies().describe(to.uri())
              + ": "
              + to.key().removeFrom(failure.what())
              + "; it is asked again for "
              + patience.longest().toSeconds()
              + " s (endpoint.patienceSeconds)");
    }
  }

  /** What ends a question, or null if it is to be asked again. */
  private @Nullable Reply reply(HttpResponse<BoundedBody.Text> response) {
    int status = response.statusCode();
    String what = "status " + status;
    if (status == 200) {
      JsonNode json = json(response.body());
      return json == null ? null : new Reply.Body(json);
    } else if (status == 401 || status == 403) {
      throw wrong(what, to.key().advice());
    } else if (status == 407) {
      throw wrong(
          what, "200; the proxy wants a name and a password: http://name:password@host:port");
    } else if (status == 404 || (status >= 300 && status < 400)) {
      throw wrong(what, "200; are the URL and the model right?");
    } else if (status == 429 || status == 408 || status >= 500) {
      return null;
    }
    String body = response.body().text();
    return new Reply.Refused(what + ": " + reason(body), complaint(body));
  }

  private Failure failure(HttpResponse<BoundedBody.Text> response) {
    int status = response.statusCode();
    if (status == 200) {
      BoundedBody.Text body = response.body();
      return new Failure(
          Patience.Sign.NONSENSE,
          body.whole()
              ? "status 200, but no chat completion: " + reason(body.text())
              : "status 200, but more than " + to.longestBody() + " bytes",
          null);
    }
    String reason = reason(response.body().text());
    return new Failure(
        status == 429 ? Patience.Sign.BUSY : Patience.Sign.AWAY,
        "status " + status + (reason.isEmpty() ? "" : ": " + reason),
        Retry.after(response.headers().firstValue("Retry-After").orElse("")));
  }

  /** A chat completion, or null. Gateways tell of their errors with status 200, too. */
  private static @Nullable JsonNode json(BoundedBody.Text body) {
    if (!body.whole()) {
      return null;
    }
    try {
      JsonNode json = Json.MAPPER.readTree(body.text());
      return json.path("choices").path(0).path("message").isObject() ? json : null;
    } catch (JsonProcessingException e) {
      return null; // said as what it is: no chat completion
    }
  }

  UserError wrong(String what, String expectation) {
    return UserError.expected(
        "endpoint " + to.proxies().describe(to.uri()) + ", model " + to.model(),
        to.key().removeFrom(what),
        expectation);
  }

  private HttpResponse<BoundedBody.Text> exchange(String json)
      throws IOException, TimeoutException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(to.uri())
            .timeout(to.timeout())
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(json));
    to.key().sign(request);
    to.proxies().sign(request, to.uri());
    // The request's own time limit ends with the headers; this one covers the body too.
    CompletableFuture<HttpResponse<BoundedBody.Text>> response =
        http.sendAsync(request.build(), head -> new BoundedBody(to.longestBody()));
    try {
      return response.get(to.timeout().toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException io) {
        throw io;
      }
      throw new IllegalStateException("the request to " + to.uri() + " failed", e.getCause());
    } catch (InterruptedException e) {
      throw Retry.interrupted(to.uri(), e);
    } finally {
      response.cancel(true);
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

  /**
   * What an error's body says itself: parameters and messages. Some quote the request beside them,
   * which may speak of anything.
   */
  private static String complaint(String body) {
    JsonNode json;
    try {
      json = Json.MAPPER.readTree(body);
    } catch (JsonProcessingException e) {
      return body.substring(0, Math.min(body.length(), EXCERPT));
    }
    StringBuilder said = new StringBuilder();
    for (String key : List.of("param", "message", "msg", "loc", "detail", "error")) {
      json.findValues(key).stream()
          .filter(each -> each.isTextual() || key.equals("loc"))
          .forEach(each -> said.append(each.isTextual() ? each.asText() : each).append('\n'));
    }
    return said.toString();
  }

  private String excerpt(String text) {
    String line = to.key().removeFrom(text).strip().replaceAll("\\s+", " ");
    return line.length() > EXCERPT ? line.substring(0, EXCERPT) + "…" : line;
  }

  private static Duration max(Duration a, Duration b) {
    return a.compareTo(b) > 0 ? a : b;
  }
}
