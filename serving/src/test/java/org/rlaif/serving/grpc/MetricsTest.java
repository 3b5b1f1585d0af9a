package org.rlaif.serving.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.StatusRuntimeException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlaif.client.RlaifClient;
import org.rlaif.model.DecoderConfig;
import org.rlaif.model.TensorSpec;
import org.rlaif.model.Weights;
import org.rlaif.serving.engine.PolicyEngine;
import org.rlaif.serving.engine.TestModels;
import org.rlaif.serving.graph.ComputeConfig;
import org.rlaif.v1.CommitUpdateRequest.Probe;
import org.rlaif.v1.GenerateRequest;
import org.rlaif.v1.GenerateResponse;
import org.rlaif.v1.LogprobsRequest;
import org.rlaif.v1.PauseMode;
import org.rlaif.v1.RolloutRequest;
import org.rlaif.v1.Sampling;

/** What Prometheus would read after known traffic to a policy of two slots. */
class MetricsTest {
  /** So long that a sequence does not end before it is paused. */
  private static final DecoderConfig LONG = DecoderConfig.gpt2(300, 9000, 16, 2, 2, 32);

  @TempDir Path folder;
  private RlaifServer server;
  private RlaifClient client;

  @BeforeEach
  void start() {
    Path model = TestModels.save(folder.resolve("policy"), LONG, 7);
    server =
        RlaifServer.start(
            ServerConfig.inProcess(Map.of("policy", model))
                .compute(2, ComputeConfig.threads(1))
                .metrics(0));
    client = RlaifClient.open("inprocess:" + server.inProcessName(), Duration.ofSeconds(30));
  }

  @AfterEach
  void stop() {
    client.close();
    server.close();
  }

  /** Three samples and one stream of four tokens each, after prompts of five. */
  @Test
  void sequencesAndTokensAreCounted() throws Exception {
    long start = System.nanoTime();
    client.rollout(rollout(3, 4));
    client.generate(stream(4));
    double elapsed = (System.nanoTime() - start) * 1e-9;
    String page = page();
    assertEquals(16, number(page, "rlaif_generated_tokens_total", ""));
    assertEquals(10, number(page, "rlaif_prompt_tokens_total", ""), "once for the three samples");
    assertEquals(4, number(page, "rlaif_time_to_first_token_seconds_count", ""));
    assertEquals(4, number(page, "rlaif_queue_time_seconds_count", ""));
    assertEquals(4, number(page, "rlaif_end_to_end_seconds_count", ""));
    assertEquals(12, number(page, "rlaif_inter_token_latency_seconds_count", ""));
    assertEquals(12, number(page, "rlaif_decode_batch_size_sum", ""), "a row for every such gap");
    double steps = number(page, "rlaif_decode_batch_size_count", "");
    assertEquals(steps, number(page, "rlaif_decode_batch_size_bucket", ",le=\"2.0\""), "two slots");
    assertTrue(steps >= 6 && steps <= 12, steps + " steps");
    assertEquals(4, number(page, "rlaif_sequences_ended_total", ",reason=\"length\""));
    assertEquals(0, number(page, "rlaif_sequences_ended_total", ",reason=\"end_of_text\""));

    double queue = number(page, "rlaif_queue_time_seconds_sum", "");
    double first = number(page, "rlaif_time_to_first_token_seconds_sum", "");
    double gaps = number(page, "rlaif_inter_token_latency_seconds_sum", "");
    double total = number(page, "rlaif_end_to_end_seconds_sum", "");
    assertTrue(0 < queue && queue < first, queue + " s before " + first);
    assertTrue(first + gaps <= total && total <= 4 * elapsed, "%s, %s".formatted(total, elapsed));
  }

  @Test
  void callsAreCountedByMethodAndStatus() throws Exception {
    client.rollout(rollout(1, 1));
    assertThrows(StatusRuntimeException.class, () -> client.load("new", "nowhere"));
    String page = page();
    String name = "rlaif_requests_seconds_count";
    assertEquals(1, line(page, name + "{method=\"rlaif.v1.Policy/Rollout\",status=\"OK\"}"));
    assertEquals(
        1,
        line(page, name + "{method=\"rlaif.v1.Control/LoadModel\",status=\"INVALID_ARGUMENT\"}"));
    assertEquals(404, get("/metrics/else").statusCode());
  }

  @Test
  void whetherTheServerIsWell() throws Exception {
    HttpResponse<String> well = get("/healthz");
    assertEquals("200 ok\n", well.statusCode() + " " + well.body());
    HttpResponse<String> ready = get("/readyz");
    assertEquals("200 ready\n", ready.statusCode() + " " + ready.body());
    client.pause("policy", PauseMode.PAUSE_MODE_KEEP);
    assertEquals(200, get("/readyz").statusCode(), "a pause is no fault");
  }

  @Test
  void whoseTheMemoryIs() throws Exception {
    String page = page();
    double parts = 0;
    for (String part : List.of("heap", "classes", "weights", "kv_caches", "buffers", "native")) {
      parts += line(page, "rlaif_memory_bytes{part=\"" + part + "\"}");
    }
    double resident = line(page, "rlaif_memory_bytes{part=\"resident\"}");
    assertTrue(resident > 1 << 20 && parts >= resident, "%s of %s".formatted(parts, resident));
    double caches = line(page, "rlaif_memory_bytes{part=\"kv_caches\"}");
    // Keys and values of two layers, two slots and one for prompts, 9000 tokens of 16 numbers.
    assertEquals(2 * 2 * 3 * 9000 * 16 * 4, caches);
  }

  /** On a busy machine the reader may fall behind, and then its sequence leaves its slot. */
  private void pauseWhileOneIsLive(PolicyEngine model) {
    client.pause("policy", PauseMode.PAUSE_MODE_KEEP);
    while (model.liveSequences() != 1) {
      client.resume("policy");
      client.pause("policy", PauseMode.PAUSE_MODE_KEEP);
    }
  }

  @Test
  void whatIsLiveAndWhatWaits() throws Exception {
    Iterator<GenerateResponse> stream = client.generateStream(stream(LONG.contextLength() - 5));
    stream.next();
    CompletableFuture<?> read = // else its sequence would leave its slot
        CompletableFuture.runAsync(
            () ->
                assertThrows(
                    StatusRuntimeException.class, () -> stream.forEachRemaining(each -> {})));
    PolicyEngine model = TestServer.policy(server);
    pauseWhileOneIsLive(model);
    CompletableFuture<?> waiting =
        CompletableFuture.runAsync(
            () -> assertThrows(StatusRuntimeException.class, () -> client.rollout(rollout(3, 4))));
    while (model.waitingSequences() < 3) {
      Thread.onSpinWait();
    }
    String page = page();
    assertEquals(1, number(page, "rlaif_sequences_live", ""));
    assertEquals(3, number(page, "rlaif_sequences_waiting", ""));
    assertEquals(2, number(page, "rlaif_slots", ""));
    assertEquals(0, number(page, "rlaif_quantization_kl", ""));
    assertEquals(0, number(page, "rlaif_quantization_max_difference", ""));
    double sampled = number(page, "rlaif_generated_tokens_total", "");
    assertEquals( // the last one is not in the cache yet
        (5 + sampled - 1) / (2 * LONG.contextLength()),
        number(page, "rlaif_kv_cache_usage", ""),
        1e-9);

    client.pause("policy", PauseMode.PAUSE_MODE_ABORT);
    waiting.join();
    read.join();
    page = page();
    assertEquals(4, number(page, "rlaif_sequences_ended_total", ",reason=\"aborted\""));
    assertEquals(0, number(page, "rlaif_kv_cache_usage", ""));
    assertEquals(0, number(page, "rlaif_sequences_live", ""));
  }

  @Test
  void whoGoesAwayIsCounted() throws Exception {
    client.pause("policy", PauseMode.PAUSE_MODE_KEEP);
    client.generateStream(stream(4));
    while (TestServer.policy(server).waitingSequences() < 1) {
      Thread.onSpinWait();
    }
    client.close();
    String name = "rlaif_sequences_ended_total";
    while (number(page(), name, ",reason=\"cancelled\"") < 1) {
      Thread.sleep(5);
    }
    assertEquals(0, number(page(), "rlaif_sequences_waiting", ""));
  }

  @Test
  void swapsOfWeights() throws Exception {
    LogprobsRequest request =
        LogprobsRequest.newBuilder()
            .setModel("policy")
            .setPrompt(RlaifClient.tokens(2))
            .addCompletions(RlaifClient.tokens(1))
            .build();
    float logprob = client.logprobs(request).getCompletions(0).getLogprobs(0);
    Probe probe =
        Probe.newBuilder()
            .addPromptTokenIds(2)
            .addCompletionTokenIds(1)
            .addLogprobs(logprob)
            .build();
    Map<String, ByteBuffer> same = tensors(TestModels.weights(LONG, 7));
    Map<String, ByteBuffer> others = tensors(TestModels.weights(LONG, 8));
    long start = System.nanoTime();
    client.publish("policy", same, List.of(probe), 1e-6f);
    double elapsed = (System.nanoTime() - start) * 1e-9;
    assertThrows(
        StatusRuntimeException.class, () -> client.publish("policy", others, List.of(probe), 1000));
    String page = page();
    assertEquals(2, number(page, "rlaif_weights_version", ""));
    assertEquals(1, number(page, "rlaif_weight_swap_seconds_count", ""));
    assertEquals(1, number(page, "rlaif_weight_flip_seconds_count", ""));
    assertEquals(1, number(page, "rlaif_weight_updates_refused_total", ""));
    double swap = number(page, "rlaif_weight_swap_seconds_sum", "");
    double flip = number(page, "rlaif_weight_flip_seconds_sum", "");
    assertTrue(
        0 < flip && flip < swap && swap < elapsed, "%s, %s, %s".formatted(flip, swap, elapsed));
  }

  @Test
  void everyFigureIsDocumentedAndTheOtherWayRound() throws Exception {
    client.models();
    var found =
        Pattern.compile("^# TYPE (\\w+) (\\w+)$", Pattern.MULTILINE)
            .matcher(page())
            .results()
            .filter(figure -> !figure.group(1).endsWith("_max"))
            .map(figure -> figure.group(1) + " " + figure.group(2))
            .collect(Collectors.toCollection(TreeSet::new));
    var documented =
        Pattern.compile("^\\| `(\\w+)` \\| (\\w+) \\|", Pattern.MULTILINE)
            .matcher(Files.readString(Path.of("README.md")))
            .results()
            .map((MatchResult row) -> row.group(1) + " " + row.group(2))
            .collect(Collectors.toCollection(TreeSet::new));
    assertEquals(documented, found);
  }

  private static RolloutRequest rollout(int samples, int tokens) {
    return RolloutRequest.newBuilder()
        .setModel("policy")
        .addPrompts(RlaifClient.tokens(2, 9, 10, 11, 12))
        .setSamples(samples)
        .setSampling(exactly(tokens))
        .build();
  }

  private static GenerateRequest stream(int tokens) {
    return GenerateRequest.newBuilder()
        .setModel("policy")
        .setPrompt(RlaifClient.tokens(2, 9, 10, 11, 12))
        .setSampling(exactly(tokens))
        .build();
  }

  private static Sampling.Builder exactly(int tokens) {
    return Sampling.newBuilder().setMaxTokens(tokens).setMinTokens(tokens).setSeed(1);
  }

  private static Map<String, ByteBuffer> tensors(Weights weights) {
    Map<String, ByteBuffer> tensors = new HashMap<>();
    for (TensorSpec spec : weights.specs()) {
      var numbers = weights.get(spec.name());
      var bytes = ByteBuffer.allocate(4 * numbers.remaining()).order(ByteOrder.LITTLE_ENDIAN);
      bytes.asFloatBuffer().put(numbers);
      tensors.put(spec.name(), bytes);
    }
    return tensors;
  }

  /** A figure of the policy; the other labels come with their comma. */
  private static double number(String page, String name, String labels) {
    return line(page, name + "{model=\"policy\"" + labels + "}");
  }

  private static double line(String page, String figure) {
    List<String> found = page.lines().filter(each -> each.startsWith(figure + " ")).toList();
    assertEquals(1, found.size(), () -> figure + " in " + page);
    return Double.parseDouble(found.get(0).substring(figure.length() + 1));
  }

  private String page() throws Exception {
    HttpResponse<String> page = get("/metrics");
    assertEquals(200, page.statusCode());
    return page.body();
  }

  private HttpResponse<String> get(String path) throws Exception {
    URI address = URI.create("http://127.0.0.1:" + server.metricsPort() + path);
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(address).build(), BodyHandlers.ofString());
  }
}
