package org.rlaif.serving.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.protobuf.services.HealthStatusManager;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlaif.kit.Commands;
import org.rlaif.kit.Json;
import org.rlaif.kit.StageFiles;
import org.rlaif.model.DecoderConfig.Head;
import org.rlaif.serving.engine.TestModels;
import org.rlaif.serving.graph.ComputeConfig;
import org.rlaif.serving.grpc.RlaifServer;
import org.rlaif.serving.grpc.ServerConfig;
import picocli.CommandLine;

/** The commands as they are typed. */
class ServingCommandsTest {
  private static final String PROMPT = "My sister wants to borrow my car. TL;DR:";

  /** What a command printed and how it ended. */
  private record Result(int code, String out, String err) {}

  @TempDir static Path folder;
  private static Path run;
  private static RlaifServer server;
  private static String address;

  @BeforeAll
  static void start() throws IOException {
    run = Files.createDirectories(folder.resolve("runs/first"));
    Files.createDirectories(run.resolve("ppo"));
    TestModels.save(run.resolve("ppo/policy"), TestModels.TINY, 7);
    TestModels.save(run.resolve("reward"), TestModels.TINY.withHead(Head.SCORE), 7);
    Files.writeString(
        run.resolve("models.json"), "{\"policy\": \"ppo/policy\", \"reward\": \"reward\"}");
    Map<String, Path> models = new LinkedHashMap<>(RunModels.of(List.of(run.toString())));
    models.put(
        "chatty",
        TestModels.saveTalking(folder.resolve("chatty"), "qwen2", Head.LANGUAGE_MODEL, 7));
    models.put("critic", TestModels.saveTalking(folder.resolve("critic"), "qwen2", Head.SCORE, 7));
    server =
        RlaifServer.start(
            ServerConfig.inProcess(models)
                .listen(ServerConfig.LOOPBACK, 0)
                .compute(2, ComputeConfig.threads(2)));
    address = ServerConfig.LOOPBACK + ":" + server.port();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Test
  void generatePrintsTheSameTextForTheSameSeed() {
    Result byRun = execute("generate", run.toString(), PROMPT, "--seed", "3");
    assertEquals("", byRun.err());
    assertEquals(0, byRun.code());
    assertTrue(byRun.out().strip().length() > 1, byRun.out());
    assertEquals(byRun, execute("generate", "policy", PROMPT, "--seed", "3"));
    Result other = execute("generate", "policy", PROMPT, "--seed", "4", "--max-tokens", "2");
    assertTrue(other.out().length() < byRun.out().length());
  }

  @Test
  void whatIsSampledCanBeSteered() {
    String base = execute("generate", "policy", PROMPT, "--temperature", "0").out();
    String first = base.substring(0, 1);
    Result stopped = execute("generate", "policy", PROMPT, "--temperature", "0", "--stop", first);
    assertEquals("\n", stopped.out(), stopped.err());
    assertEquals(base, execute("generate", "policy", PROMPT, "--top-k", "1").out());
    assertEquals(base, execute("generate", "policy", PROMPT, "--min-p", "1").out());
    for (String penalty : List.of("repetition", "presence", "frequency")) {
      String option = "--" + penalty + "-penalty";
      Result moved = execute("generate", "policy", PROMPT, "--temperature", "0", option, "2");
      assertNotEquals(base, moved.out(), option + moved.err());
    }
  }

  @Test
  void manySamplesAreNumberedAndTheFirstIsTheOneOfItsSeed() {
    String one = execute("generate", "policy", PROMPT, "--seed", "3", "--max-tokens", "4").out();
    Result many =
        execute("generate", "policy", PROMPT, "--seed", "3", "--max-tokens", "4", "--samples", "3");
    assertEquals("", many.err());
    assertTrue(many.out().startsWith("--- 1 of 3\n" + one + "--- 2 of 3\n"), many.out());
    assertTrue(many.out().contains("\n--- 3 of 3\n"), many.out());
  }

  @Test
  void tokensAreShownWithTheirLogprobs() throws IOException {
    String text = execute("generate", "policy", PROMPT, "--seed", "3", "--max-tokens", "6").out();
    Result told =
        execute("generate", "policy", PROMPT, "--seed", "3", "--max-tokens", "6", "--logprobs");
    assertEquals("", told.err());
    var joined = new StringBuilder();
    int tokens = 0;
    for (String line : told.out().lines().toList()) {
      String[] cells = line.split("\t", -1);
      assertEquals(3, cells.length, line);
      if (!cells[0].isEmpty()) {
        assertTrue(Float.parseFloat(cells[0]) < 0, line);
        assertTrue(Integer.parseInt(cells[1]) < TestModels.TINY.vocabularySize(), line);
        tokens++;
      }
      if (!cells[2].isEmpty()) {
        joined.append(Json.MAPPER.readValue(cells[2], String.class));
      }
    }
    assertEquals(6, tokens);
    assertEquals(text, joined + "\n");
  }

  @Test
  void scoreOfOneAndOfManyLines() {
    Result one = execute("score", run.toString(), "--prompt", PROMPT, "--completion", " no");
    assertEquals("", one.err());
    String line = "{\"prompt\": \"" + PROMPT + "\", \"completion\": \" no\"}\n";
    Result many = run(line.repeat(70), "score", run.toString(), "--address", address);
    assertEquals("", many.err());
    assertEquals(one.out().repeat(70), many.out());
    assertTrue(Float.isFinite(Float.parseFloat(one.out())));
  }

  /** The same conversation, typed in three ways, and another. */
  @Test
  void chatsAreAskedAsTheModelWasTaught() throws IOException {
    String turn = "<|im_start|>%s\n%s<|im_end|>\n";
    Path file = folder.resolve("messages.json");
    Files.writeString(
        file,
        """
        [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hello"}]
        """);
    String[] sampling = {"--seed", "3", "--max-tokens", "8", "--logprobs"};
    Result said = ask(sampling, "generate", "chatty", "Hello", "--chat", "--system", "Be brief.");
    assertEquals("", said.err());
    assertEquals(8, said.out().lines().filter(line -> line.startsWith("-")).count());
    assertEquals(said, ask(sampling, "generate", "chatty", "Hello", "--system", "Be brief."));
    assertEquals(said, ask(sampling, "generate", "chatty", "--messages", file.toString()));
    Result plain = ask(sampling, "generate", "chatty", "Hello");
    assertNotEquals(said, ask(sampling, "generate", "chatty", "Hello", "--chat"));
    assertNotEquals(plain, ask(sampling, "generate", "chatty", "Hello", "--chat"));
    Result more = ask(sampling, "generate", "chatty", "And?", "--messages", file.toString());
    assertEquals("", more.err());
    assertNotEquals(said, more);
    // What a user types is only ever text.
    String typed = turn.formatted("user", "Hello") + "<|im_start|>assistant\n";
    assertNotEquals(
        ask(sampling, "generate", "chatty", "Hello", "--system", ""),
        ask(sampling, "generate", "chatty", turn.formatted("system", "") + typed));
  }

  @Test
  void scoresOfChats() throws IOException {
    Path file = folder.resolve("said.json");
    Files.writeString(file, "[{\"role\": \"user\", \"content\": \"Hello\"}]");
    String[] none = {};
    Result typed =
        ask(none, "score", "critic", "--prompt", "Hello", "--completion", "Hi.", "--chat");
    assertEquals("", typed.err());
    Result plain = ask(none, "score", "critic", "--prompt", "Hello", "--completion", "Hi.");
    assertNotEquals(plain, typed);
    assertEquals(
        typed, ask(none, "score", "critic", "--messages", file.toString(), "--completion", "Hi."));
    String rows =
        """
        {"prompt": [{"role": "user", "content": "Hello"}], "completion": "Hi."}
        {"prompt": "Hello", "completion": "Hi."}
        """;
    assertEquals(
        typed.out() + plain.out(), run(rows, "score", "critic", "--address", address).out());
    assertEquals(
        typed.out().repeat(2), run(rows, "score", "critic", "--chat", "--address", address).out());
  }

  @Test
  void mistakesInChatsAreOneLine() throws IOException {
    mistake(
        "PROMPT: missing (expected: what to complete, or --messages)",
        execute("generate", "policy"));
    mistake(
        "prompt: a chat (expected: text or tokens; policy has no chat template)",
        execute("generate", "policy", "Hello", "--chat"));
    String list = " (expected: a list of messages, each {\"role\": …, \"content\": …})";
    Path file = folder.resolve("mistakes.json");
    Files.writeString(file, "{\"role\": \"user\"}");
    mistake(
        file + ": {\"role\":\"user\"}" + list,
        execute("generate", "chatty", "--messages", file.toString()));
    Files.writeString(file, "[{\"role\": \"user\", \"content\": [1]}]");
    mistake(
        file
            + ", message 1: {\"role\":\"user\",\"content\":[1]} (expected: {\"role\": …,"
            + " \"content\": …}, both text)",
        execute("generate", "chatty", "--messages", file.toString()));
    Files.writeString(file, "[");
    Result broken = execute("generate", "chatty", "--messages", file.toString());
    assertTrue(
        broken.err().startsWith("rlaif-server: " + file + ": not JSON (line 1, column "),
        broken.err());
    mistake(
        "standard input, line 1, prompt, message 1: 3 (expected: {\"role\": …, \"content\": …},"
            + " both text)",
        run("{\"prompt\": [3], \"completion\": \"b\"}", "score", "critic", "--address", address));
    mistake(
        "--prompt: missing (expected: both --prompt and --completion, or neither and JSON Lines on"
            + " standard input)",
        execute("score", "critic", "--completion", "a", "--chat"));
  }

  private static Result ask(String[] sampling, String... arguments) {
    return execute(
        Stream.concat(Arrays.stream(arguments), Arrays.stream(sampling)).toArray(String[]::new));
  }

  @Test
  void mistakesAreOneLine() {
    mistake(
        "temperature: 0.001 (expected: 0, or from 0.01 to 100)",
        execute("generate", "policy", PROMPT, "--temperature", "0.001"));
    mistake(
        "samples: 2 (expected: 1 if --logprobs is given, which streams)",
        execute("generate", "policy", PROMPT, "--samples", "2", "--logprobs"));
    mistake("samples: 0 (expected: >= 1)", execute("generate", "policy", PROMPT, "--samples", "0"));
    mistake(
        "model: nobody (expected: one of [chatty, critic, policy, reward])",
        execute("generate", "nobody", PROMPT));
    mistake(
        "standard input, line 2, completion: missing (expected: text)",
        run(
            "{\"prompt\": \"a\", \"completion\": \"b\"}\n{\"prompt\": \"a\"}",
            "score",
            "reward",
            "--address",
            address));
    mistake(
        "standard input: empty (expected: JSON Lines)",
        run("", "score", "reward", "--address", address));
    mistake(
        "--completion: missing (expected: both --prompt and --completion, or neither and JSON"
            + " Lines on standard input)",
        execute("score", "reward", "--prompt", "a"));
  }

  @Test
  void anotherRunIsNotServed() throws IOException {
    Path other = Files.createDirectories(folder.resolve("runs/other"));
    mistake(
        ("run: %s (expected: the one that %s serves; it has chatty from %s, critic from %s,"
                + " policy from %s, reward from %s)")
            .formatted(
                other,
                address,
                folder.resolve("chatty"),
                folder.resolve("critic"),
                run.resolve("ppo/policy"),
                run.resolve("reward")),
        execute("generate", other.toString(), PROMPT));
  }

  @Test
  void aModelThatHasChangedSinceItsStageFinishedIsNotServed() throws IOException {
    Path damaged = Files.createDirectories(folder.resolve("runs/damaged"));
    Path stage = Files.createDirectories(damaged.resolve("ppo"));
    TestModels.save(stage.resolve("model"), TestModels.TINY, 7);
    Files.writeString(stage.resolve("metrics.jsonl"), "{}\n");
    Files.writeString(damaged.resolve("models.json"), "{\"policy\": \"ppo/model\"}");
    Json.write(stage.resolve("stage.json"), Map.of("stage", "ppo"));
    assertEquals(1, RunModels.of(List.of(damaged.toString())).size(), "an older version's");
    Json.write(stage.resolve("stage.json"), Map.of("files", StageFiles.of(stage)));
    Files.writeString(stage.resolve("metrics.jsonl"), "nothing that is served");
    assertEquals(1, RunModels.of(List.of(damaged.toString())).size());

    Path weights = stage.resolve("model/model.safetensors");
    byte[] bytes = Files.readAllBytes(weights);
    bytes[bytes.length - 9] ^= 4;
    Files.write(weights, bytes);
    mistake(
        weights
            + ": other content than when the stage finished (expected: what the stage has left;"
            + " restore it, or make it again with rlaif run --replace)",
        run("", "serve", damaged.toString()));
  }

  @Test
  void serveRefusesWhatItCannotServe() throws IOException {
    mistake(
        "folder: %s (expected: a run (with models.json), a model folder (with config.json), or org/name on the hub)"
            .formatted(folder),
        run("", "serve", folder.toString()));
    mistake(
        "device: cuda:0 (expected: cpu; this build's ONNX Runtime knows no other)",
        run("", "serve", run.toString(), "--device", "cuda:0"));
    mistake(
        "scoring-delay: -1 ms (expected: from 0 to 10000 ms)",
        run("", "serve", run.toString(), "--scoring-delay", "-1"));
    mistake(
        "port: 70000 (expected: from 0 to 65535)",
        run("", "serve", run.toString(), "--port", "70000"));
    mistake(
        "max-queue-per-client: 16385 (expected: from 1 to 16384)",
        run("", "serve", run.toString(), "--max-queue-per-client", "16385"));
    mistake(
        "--weights: int2 (expected: fp32, int8 or int4)",
        run("", "serve", run.toString(), "--weights", "int2"));
    mistake(
        "KV cache: int4 (expected: fp32 or int8 keys and values)",
        run("", "serve", run.toString(), "--kv-cache", "int4"));
    Path bad = Files.createDirectories(folder.resolve("runs/bad"));
    Files.writeString(bad.resolve("models.json"), "{\"policy\": 3}");
    mistake(
        bad + "/models.json, policy: 3 (expected: a folder relative to the run)",
        run("", "serve", bad.toString()));
    String policy = run.resolve("ppo/policy").toString();
    mistake(
        "model policy: %s and %s (expected: names that differ; give another one with NAME=FOLDER)"
            .formatted(policy, policy),
        run("", "serve", policy, policy));
    Result taken = run("", "serve", run.toString(), "--port", String.valueOf(server.port()));
    assertEquals(2, taken.code());
    assertTrue(
        taken.err().startsWith("rlaif-server: port: " + server.port() + " (expected: a free one"),
        taken.err());
  }

  @Test
  void noServerIsOneLine() {
    Result result = run("", "generate", run.toString(), PROMPT, "--address", "127.0.0.1:1");
    assertEquals(2, result.code());
    assertEquals(
        "rlaif-server: address: 127.0.0.1:1 (expected: a server that answers; start one with:"
            + " rlaif-server serve "
            + run
            + ")\n",
        result.err());
  }

  @Test
  void healthIsAnExitCode() throws IOException {
    assertEquals(new Result(0, "serving\n", ""), execute("health"));
    var health = new HealthStatusManager();
    Server other =
        Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create())
            .addService(health.getHealthService())
            .build()
            .start();
    try {
      health.setStatus("", ServingStatus.NOT_SERVING);
      String there = ServerConfig.LOOPBACK + ":" + other.getPort();
      assertEquals(new Result(1, "not serving\n", ""), run("", "health", "--address", there));
    } finally {
      other.shutdownNow();
    }
    assertEquals(2, run("", "health", "--address", "127.0.0.1:1").code());
  }

  @Test
  void theVersionIsTold() {
    Result version = run("", "--version");
    assertEquals("rlaif-server development, Java " + Runtime.version() + "\n", version.out());
  }

  /** Runs a command against the test's server. */
  @Test
  void exportWritesAFolderForOtherPrograms() {
    Path policy = run.resolve("ppo/policy");
    Path out = folder.resolve("export");
    String[] typed = {
      "export", "--model", policy.toString(), "--out", out.toString(), "--weights-version", "4"
    };
    Result written = run("", typed);
    assertEquals("", written.err());
    assertEquals(0, written.code());
    assertTrue(written.out().contains(" MB  " + out.resolve("model.onnx")), written.out());
    assertTrue(written.out().contains("A policy: logits"), written.out());
    assertTrue(Files.exists(out.resolve("config.json")));
    mistake("output folder: " + out + " (expected: a new or an empty one)", run("", typed));
  }

  private static Result execute(String... arguments) {
    String[] all = Arrays.copyOf(arguments, arguments.length + 2);
    all[arguments.length] = "--address";
    all[arguments.length + 1] = address;
    return run("", all);
  }

  private static Result run(String input, String... arguments) {
    InputStream before = System.in;
    System.setIn(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)));
    try {
      CommandLine line = Commands.commandLine(new ServingMain());
      var out = new StringWriter();
      var err = new StringWriter();
      line.setOut(new PrintWriter(out));
      line.setErr(new PrintWriter(err));
      return new Result(line.execute(arguments), out.toString(), err.toString());
    } finally {
      System.setIn(before);
    }
  }

  private static void mistake(String sentence, Result result) {
    assertEquals("rlaif-server: " + sentence + "\n", result.err());
    assertEquals(2, result.code());
    assertEquals("", result.out());
  }
}
