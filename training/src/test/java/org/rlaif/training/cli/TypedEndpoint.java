package org.rlaif.training.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.rlaif.kit.Json;

/** An OpenAI-compatible endpoint on loopback, for commands that ask one: it prefers the second. */
final class TypedEndpoint implements AutoCloseable {
  private final HttpServer server;
  private final ExecutorService threads = Executors.newFixedThreadPool(4);

  private TypedEndpoint(HttpServer server) {
    this.server = server;
  }

  static TypedEndpoint start() throws IOException {
    var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    TypedEndpoint endpoint = new TypedEndpoint(HttpServer.create(address, 0));
    endpoint.server.setExecutor(endpoint.threads);
    endpoint.server.createContext("/v1/chat/completions", TypedEndpoint::answer);
    endpoint.server.start();
    return endpoint;
  }

  private static void answer(HttpExchange exchange) throws IOException {
    JsonNode request = Json.MAPPER.readTree(exchange.getRequestBody());
    JsonNode messages = request.path("messages");
    String question = messages.path(messages.size() - 1).path("content").asText();
    String said =
        question.endsWith("Better=")
            ? "2"
            : question.endsWith("Critique:") ? "It is too short." : "It is longer now.";
    byte[] body =
        Json.MAPPER
            .createObjectNode()
            .set(
                "choices",
                Json.MAPPER
                    .createArrayNode()
                    .add(
                        Json.MAPPER
                            .createObjectNode()
                            .put("finish_reason", "stop")
                            .set("message", Json.MAPPER.createObjectNode().put("content", said))))
            .toString()
            .getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(200, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/v1";
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
