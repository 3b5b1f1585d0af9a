package org.rlaif.judge;

import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.rlaif.judge.language.EndpointModel;
import org.rlaif.judge.language.KeptModel;
import org.rlaif.judge.language.LanguageModel;
import org.rlaif.kit.Json;
import org.rlaif.kit.UserError;

/** A real HTTP server on the loopback interface that says what a test wants, and a judge by it. */
abstract class ScriptedEndpoint {
  static final String SECRET = "sk-verysecret-0123456789";
  static final Question QUESTION = new Question("the prompt", "one", "two");

  static final Questions AT_ONCE =
      Questions.of("Be true.", null, null, Reasoning.NONE, null, Critiquing.SHIPPED);

  /** What the server says to the n-th request, counted from 0. */
  record Reply(int status, String body, Map<String, String> headers) {
    Reply(int status, String body) {
      this(status, body, Map.of());
    }
  }

  static final Reply CUT = new Reply(0, "cut");
  static final Reply ENDLESS = new Reply(0, "endless");

  final AtomicLong sent = new AtomicLong();
  final List<JsonNode> requests = Collections.synchronizedList(new ArrayList<>());
  final List<String> authorizations = Collections.synchronizedList(new ArrayList<>());
  final List<String> proxyKeys = Collections.synchronizedList(new ArrayList<>());
  final ExecutorService threads = Executors.newCachedThreadPool();
  volatile Function<Integer, Reply> script = n -> new Reply(500, "no script");
  HttpServer server;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/v1/chat/completions", this::answer);
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
    threads.shutdownNow();
  }

  void answer(HttpExchange exchange) throws IOException {
    int n;
    synchronized (requests) {
      n = requests.size();
      requests.add(Json.MAPPER.readTree(exchange.getRequestBody().readAllBytes()));
      authorizations.add(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
      proxyKeys.add(String.valueOf(exchange.getRequestHeaders().getFirst("Proxy-Authorization")));
    }
    Reply reply = script.apply(n);
    if (reply.equals(CUT)) {
      exchange.close(); // no header was sent: the connection is closed
      return;
    }
    if (reply.equals(ENDLESS)) {
      exchange.sendResponseHeaders(200, 4_000_000_000L);
      byte[] block = new byte[1 << 16];
      for (long left = 4_000_000_000L; left > 0; left -= block.length) {
        exchange.getResponseBody().write(block); // fails when the client has enough
        sent.addAndGet(block.length);
      }
      return;
    }
    reply.headers().forEach(exchange.getResponseHeaders()::add);
    byte[] body = reply.body().getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(reply.status(), body.length == 0 ? -1 : body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/v1/";
  }

  LanguageModelJudge judge() {
    return judge(url(), "KEY", SECRET);
  }

  static LanguageModelJudge judge(String url, String keyVariable, String key) {
    return judge(url, keyVariable, variable -> variable.equals("KEY") ? key : null);
  }

  static LanguageModelJudge judge(
      String url, String keyVariable, Function<String, @Nullable String> environment) {
    return new LanguageModelJudge(
        EndpointModel.open(
            new EndpointModel.Endpoint(url, "judge-1", keyVariable, 4, 3, 3, 0),
            Duration.ofSeconds(1),
            environment,
            Duration.ofMillis(1)),
        AT_ONCE);
  }

  static LanguageModelJudge open(EndpointModel.Endpoint endpoint, @Nullable Path answers) {
    return open(endpoint, answers, Duration.ofSeconds(1));
  }

  static LanguageModelJudge open(
      EndpointModel.Endpoint endpoint, @Nullable Path answers, Duration timeout) {
    return open(endpoint, answers, timeout, AT_ONCE);
  }

  static LanguageModelJudge open(
      EndpointModel.Endpoint endpoint, @Nullable Path answers, Duration timeout, Questions asked) {
    LanguageModel model =
        EndpointModel.open(
            endpoint,
            timeout,
            variable -> variable.equals("KEY") ? SECRET : null,
            Duration.ofMillis(1));
    return new LanguageModelJudge(KeptModel.of(model, answers), asked);
  }

  static EndpointModel.Endpoint patient(String url, int seconds) {
    return new EndpointModel.Endpoint(url, "judge-1", "KEY", 4, 3, 3, seconds);
  }

  Answer ask(Function<Integer, Reply> says) {
    script = says;
    try (LanguageModelJudge judge = judge()) {
      return judge.ask(QUESTION);
    }
  }

  String fails(Function<Integer, Reply> says) {
    return String.valueOf(assertThrows(UserError.class, () -> ask(says)).getMessage());
  }

  static Reply refused(String message) {
    return new Reply(400, "{\"error\":{\"message\":\"" + message + "\",\"code\":null}}");
  }

  static Reply says(String content) {
    return new Reply(200, completion(content, ""));
  }

  static String completion(String content, String logprobs) {
    try {
      return "{\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":"
          + Json.MAPPER.writeValueAsString(content)
          + "}"
          + logprobs
          + ",\"finish_reason\":\"stop\"}]}";
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(content, e);
    }
  }

  /**
   * One generated token with its alternatives: token, log-probability, token, log-probability...
   */
  static String token(String token, Object... alternatives) {
    StringBuilder top = new StringBuilder();
    for (int i = 0; i < alternatives.length; i += 2) {
      top.append(i == 0 ? "" : ",")
          .append("{\"token\":\"")
          .append(alternatives[i])
          .append("\",\"logprob\":")
          .append(alternatives[i + 1])
          .append("}");
    }
    return "{\"token\":\"" + token + "\",\"logprob\":-0.1,\"top_logprobs\":[" + top + "]}";
  }

  static Reply withTokens(String content, String... tokens) {
    return new Reply(
        200, completion(content, ",\"logprobs\":{\"content\":[" + String.join(",", tokens) + "]}"));
  }
}
