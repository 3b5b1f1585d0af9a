package org.rlaif.judge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlaif.judge.language.EndpointModel;
import org.rlaif.judge.language.KeptModel;
import org.rlaif.judge.language.LanguageModel;
import org.rlaif.kit.Candidates;
import org.rlaif.kit.Json;
import org.rlaif.kit.JsonLines;
import org.rlaif.kit.Preference;
import org.rlaif.kit.Prompt;

/**
 * A labelling of 10,000 pairs in a process of its own, by an endpoint of which every fifth reply is
 * a fault; the process is killed, as by {@code kill -9}, and goes on.
 */
class FaultyEndpointTest {
  private static final int PAIRS = 10_000;
  private static final int AT_A_TIME = 32;
  private static final String NUMBER = ".*pair (\\d+),.*";

  private final ExecutorService threads = Executors.newFixedThreadPool(AT_A_TIME);

  /** How often each question was put, and how often it was answered. */
  private final Map<String, AtomicInteger> put = new ConcurrentHashMap<>();

  private final Map<String, AtomicInteger> answered = new ConcurrentHashMap<>();
  private final AtomicInteger faults = new AtomicInteger();
  private HttpServer server;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/v1/chat/completions", this::reply);
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
    threads.shutdownNow();
  }

  private void reply(HttpExchange exchange) throws IOException {
    JsonNode request = Json.MAPPER.readTree(exchange.getRequestBody().readAllBytes());
    String question = request.path("messages").path(1).path("content").asText();
    int time = put.computeIfAbsent(question, q -> new AtomicInteger()).incrementAndGet();
    int draw = new SplittableRandom(31L * question.hashCode() + time).nextInt(25);
    if (draw < 5) {
      faults.incrementAndGet();
    }
    switch (draw) {
      case 0 -> send(exchange, 429, "{\"error\":{\"message\":\"slow down\"}}");
      case 1 -> {
        exchange.getResponseHeaders().add("Retry-After", "0");
        send(exchange, 429, "");
      }
      case 2 -> send(exchange, 500, "oops");
      case 3 -> exchange.close(); // the connection is cut
      case 4 -> send(exchange, 200, "<html>Bad gateway</html>");
      default -> {
        answered.computeIfAbsent(question, q -> new AtomicInteger()).incrementAndGet();
        send(exchange, 200, completion(question));
      }
    }
  }

  /** By its number alone: every 50th is nonsense, every 7th comes without log-probabilities. */
  private static String completion(String question) {
    int number = Integer.parseInt(question.replaceAll("(?s)" + NUMBER, "$1"));
    if (number % 50 == 0) {
      return "{\"choices\":[{\"message\":{\"content\":\"I like both.\"},\"finish_reason\":\"stop\"}]}";
    }
    boolean first = question.indexOf("good") < question.indexOf("poor");
    String said = first ? "1" : "2";
    String logprobs =
        number % 7 == 0
            ? ""
            : ",\"logprobs\":{\"content\":[{\"token\":\"%s\",\"top_logprobs\":[{\"token\":\"%s\",\"logprob\":%s},{\"token\":\"%s\",\"logprob\":%s}]}]}"
                .formatted(said, said, Math.log(0.8), first ? "2" : "1", Math.log(0.2));
    return "{\"choices\":[{\"message\":{\"content\":\"%s\"}%s,\"finish_reason\":\"stop\"}]}"
        .formatted(said, logprobs);
  }

  private static void send(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  /** The process: labels what it finds, and does not wait long between the times it asks. */
  static final class Labeling {
    private Labeling() {}

    public static void main(String[] arguments) {
      Path folder = Path.of(arguments[1]);
      var endpoint =
          new EndpointModel.Endpoint(
              arguments[0], "judge-1", null, 4, AT_A_TIME, /* attempts= */ 20, 600);
      LanguageModel model =
          EndpointModel.open(
              endpoint, Duration.ofSeconds(20), variable -> null, Duration.ofMillis(1));
      try (Judge judge =
          new LanguageModelJudge(
              KeptModel.of(model, folder.resolve("answers")),
              Questions.of("Be true.", null, null, Reasoning.NONE, null, Critiquing.SHIPPED))) {
        List<Candidates> candidates =
            JsonLines.read(folder.resolve("candidates.jsonl"), Candidates.class);
        Labeler.Labels labels = new Labeler(judge).label(candidates);
        JsonLines.write(folder.resolve("labels.jsonl"), labels.preferences());
        Json.write(folder.resolve("report.json"), labels.report());
      }
    }
  }

  private Process label(Path folder) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx256m",
            "-cp",
            System.getProperty("java.class.path"),
            Labeling.class.getName(),
            "http://127.0.0.1:" + server.getAddress().getPort() + "/v1",
            folder.toString())
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve("log").toFile())
        .start();
  }

  @Test
  void everyPairEndsLabelledOrCountedAndNoneIsAskedTwice(@TempDir Path folder) throws Exception {
    JsonLines.write(
        folder.resolve("candidates.jsonl"),
        IntStream.range(0, PAIRS)
            .mapToObj(
                i ->
                    new Candidates(
                        "" + i,
                        Prompt.of("This is pair " + i + ", is it not?"),
                        i % 2 == 0 ? List.of("good", "poor") : List.of("poor", "good")))
            .toList());
    for (int part : new int[] {PAIRS / 2, PAIRS}) {
      Process killed = label(folder);
      while (answered.size() < part) {
        assertTrue(killed.isAlive(), () -> log(folder));
        Thread.sleep(5);
      }
      killed.destroyForcibly().waitFor();
    }
    Process last = label(folder);
    assertTrue(last.waitFor(300, TimeUnit.SECONDS), () -> log(folder));
    assertEquals(0, last.exitValue(), () -> log(folder));

    List<Preference> labels = JsonLines.read(folder.resolve("labels.jsonl"), Preference.class);
    assertEquals(PAIRS - PAIRS / 50, labels.size());
    for (Preference each : labels) {
      int number = Integer.parseInt(each.id());
      double sure = number % 7 == 0 ? 1 : 0.8;
      assertEquals(number % 2 == 0 ? sure : 1 - sure, each.probabilityFirst(), 1e-12, each.id());
    }
    JsonNode report = Json.object(folder.resolve("report.json"));
    assertEquals(PAIRS / 50, report.path("unanswered").asInt());
    int asked = 2 * PAIRS;
    assertEquals(asked, answered.size());
    int again = answered.values().stream().mapToInt(AtomicInteger::get).sum() - asked;
    // What was under way when the process was killed is answered to nobody.
    assertTrue(again <= 2 * AT_A_TIME, again + " were answered twice");
    double share = faults.get() / (double) put.values().stream().mapToInt(AtomicInteger::get).sum();
    assertEquals(0.2, share, 0.02);
  }

  private static String log(Path folder) {
    try {
      return Files.readString(folder.resolve("log"));
    } catch (IOException e) {
      return "no output: " + e;
    }
  }
}
