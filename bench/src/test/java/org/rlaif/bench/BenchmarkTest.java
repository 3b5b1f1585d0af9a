package org.rlaif.bench;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlaif.bench.Section.Row;
import org.rlaif.bench.cli.BenchCommand;
import org.rlaif.kit.Commands;
import org.rlaif.kit.Json;
import org.rlaif.model.ModelFolder;
import org.rlaif.serving.graph.ComputeConfig;
import org.rlaif.serving.grpc.RlaifServer;
import org.rlaif.serving.grpc.ServerConfig;
import picocli.CommandLine;

/** The command as it is typed, on the smallest shape. */
class BenchmarkTest {
  private static final List<String> SMALL =
      List.of(
          "--batch=4",
          "--repeats=2",
          "--concurrency=1,3",
          "--requests=6",
          "--warm-up=1",
          "--prompt=4-8",
          "--output=5",
          "--rollout-prompt=12",
          "--rollout-output=10",
          "--samples=2",
          "--mixed-prompt=5",
          "--mixed-output=3-12",
          "--mixed-requests=9",
          "--long-prompt=300",
          "--steady-tokens=200",
          "--swap-every=0.05",
          "--cancels=5",
          "--scoring=9,150");

  /** What a command printed and how it ended. */
  private record Result(int code, String out, String err) {}

  @TempDir Path folder;

  @Test
  void allFiguresAreThereAndFitEachOther() throws IOException {
    Path json = folder.resolve("a.json");
    Path plot = folder.resolve("a.png");
    Result result = bench("--shape", "tiny", "--rate", "100", "--json=" + json, "--plot=" + plot);
    assertEquals(0, result.code(), result.err());
    for (String part : Settings.PARTS) {
      assertTrue(result.out().contains("\n" + part + ": "), result.out());
    }
    assertTrue(result.out().contains("cores: "), result.out());

    BenchResult found = BenchResult.read(json);
    assertEquals("shape tiny, random weights", found.model());
    assertTrue(found.command().startsWith("bench --shape tiny"), found.command());
    assertTrue(found.machine().keySet().containsAll(List.of("cores", "cpu", "jdk", "engine")));
    assertTrue(found.machine().get("engine").startsWith("onnxruntime 1."));
    assertEquals(4, found.settings().get("batch"));
    assertTrue(found.formulas().containsKey("ttftMs"));
    assertEquals(9, found.targets().size());

    Section load = section(found, "load");
    assertEquals(
        List.of("closed 1", "closed 3", "open 100/s"),
        load.rows().stream().map(Row::name).toList());
    for (Row row : load.rows()) {
      Map<String, Double> figures = row.figures();
      assertEquals(6, figures.get("requests"));
      assertEquals(0, figures.get("failed"));
      assertEquals(0, figures.get("endedEarly")); // random weights never end a completion
      assertEquals(5 * figures.get("requestsPerSecond"), figures.get("tokensPerSecond"), 1e-6);
      for (String latency : List.of("ttft", "itl", "tpot", "endToEnd")) {
        assertTrue(figures.get(latency + "MsP50") <= figures.get(latency + "MsP90"));
        assertTrue(figures.get(latency + "MsP90") <= figures.get(latency + "MsP99"));
      }
      assertTrue(figures.get("ttftMsP50") > 0);
      assertTrue(figures.get("ttftMsP99") <= figures.get("endToEndMsP99"));
    }
    Section layers = section(found, "layers");
    assertEquals(6, layers.rows().size());
    layers.rows().forEach(row -> assertTrue(row.figures().get("tokensPerSecond") > 0));
    Section swaps = section(found, "swaps");
    assertTrue(figure(swaps, "with swaps", "swaps") >= 1);
    assertEquals(0, figure(swaps, "with swaps", "failedSwaps"));
    assertEquals(0, figure(swaps, "with swaps", "failed"));
    assertTrue(figure(section(found, "cancel"), "engine, to slot free", "cancelMsP99") >= 0);
    assertTrue(figure(section(found, "prefill"), "during prefill", "toSteady") > 0);
    Section scoring = section(found, "scoring");
    assertEquals(2 * 2 * (1 + 2 * 2), scoring.rows().size());
    for (String what : List.of("logprobs", "scores")) {
      assertEquals(1, figure(scoring, what + " 9, engine, 1 caller", "rowsPerRun"));
      assertTrue(figure(scoring, what + " 150, gRPC, 3 callers", "sequencesPerSecond") > 0);
      assertTrue(figure(scoring, what + " 9, gRPC, 3 callers", "toBare") > 0);
    }
    assertTrue(ImageIO.read(plot.toFile()).getWidth() > BenchCharts.WIDTH);

    Section quantization = section(found, "quantization");
    assertEquals(6, quantization.rows().size());
    String small = "int4 weights, int8 KV cache";
    String plain = "fp32 weights, fp32 KV cache";
    assertTrue(figure(quantization, small, "decodeAt3") > 0);
    assertTrue(figure(quantization, small, "klMillinats") > 0);
    assertEquals(
        figure(quantization, plain, "slotMib"), 4 * figure(quantization, small, "slotMib"), 1e-9);

    JsonNode tree = Json.MAPPER.readTree(json.toFile());
    assertEquals(
        List.of(
            "format",
            "command",
            "model",
            "machine",
            "settings",
            "formulas",
            "seconds",
            "sections",
            "targets"),
        names(tree));
    Result compared = execute("compare", json.toString(), json.toString());
    assertEquals(0, compared.code(), compared.err());
    assertTrue(compared.out().contains("load, closed 1"), compared.out());
    assertTrue(compared.out().matches("(?s).*tokensPerSecond +\\S+ +\\S+ +1\\n.*"), compared.out());
    assertFalse(compared.out().contains("machine, "), compared.out());
  }

  /** Twice what it can do for some seconds. */
  @Test
  void aSoakAnswersWhatItTakes() throws IOException {
    Path json = folder.resolve("soak.json");
    Path plot = folder.resolve("soak.png");
    Result result =
        bench(
            "--shape",
            "tiny",
            "--parts=soak",
            "--soak-seconds=6",
            "--json=" + json,
            "--plot=" + plot);
    assertEquals(0, result.code(), result.err());
    BenchResult found = BenchResult.read(json);
    Section soak = section(found, "soak");
    assertEquals(21, soak.rows().size());
    assertTrue(figure(soak, "all", "answered") > 10);
    assertTrue(figure(soak, "all", "refused") > 0, result.out()); // 4 live, 8 wait
    assertEquals(0, figure(soak, "all", "broken"));
    assertEquals(0, figure(soak, "all", "failedSwaps"));
    assertTrue(figure(soak, "all", "swaps") > 0); // as many as the machine's load leaves
    assertTrue(figure(soak, "all", "firstQuarterMib") > 10);
    assertEquals(
        figure(soak, "all", "answered"),
        soak.rows().stream().limit(20).mapToDouble(row -> row.figures().get("answered")).sum());
    List<String> kept = found.targets().stream().filter(Target::holds).map(Target::name).toList();
    assertTrue(kept.contains("accepted requests that were not answered"), result.out());
    assertTrue(kept.contains("refusals that say not when to come back"), result.out());
    assertTrue(ImageIO.read(plot.toFile()).getWidth() > BenchCharts.WIDTH);
  }

  /** New weights pass the gate, which judges in fp32, although the probe is quantised. */
  @Test
  void aQuantisedServerIsMeasured() {
    Result result =
        bench("--shape", "tiny", "--weights=int8", "--kv-cache=int8", "--parts=layers,swaps");
    assertEquals(0, result.code(), result.err());
    String what = "shape tiny, random weights, int8 weights, int8 KV cache\n";
    assertTrue(result.out().startsWith(what), result.out());
    assertTrue(
        result.out().matches("(?s).*failed requests and swaps during swaps +0 .*"), result.out());
  }

  @Test
  void aRunningServerIsMeasuredFromOutside() {
    Path model = folder.resolve("model");
    Shape.TINY.save(model, 3);
    ServerConfig config =
        ServerConfig.inProcess(Map.of("policy", model))
            .listen(ServerConfig.LOOPBACK, 0)
            .compute(4, ComputeConfig.threads(2));
    try (RlaifServer server = RlaifServer.start(config)) {
      String address = "127.0.0.1:" + server.port();
      Result result = bench("--address", address, "--parts=load,layers,scoring");
      assertEquals(0, result.code(), result.err());
      assertTrue(result.out().startsWith("policy at " + address), result.out());
      assertTrue(result.out().contains("rollout, gRPC"), result.out());
      assertTrue(result.out().contains("logprobs 9, gRPC, 3 callers"), result.out());
      assertFalse(result.out().contains("bare"), result.out());
      mistake(
          "name: nobody (expected: that of a policy; the server has policy)",
          bench("--address", address, "--name", "nobody"));
    }
  }

  @Test
  void aMadeModelDependsOnItsSeedAlone() {
    float[] first = embedding(folder.resolve("a"), 1);
    assertArrayEquals(first, embedding(folder.resolve("b"), 1));
    float[] other = embedding(folder.resolve("c"), 2);
    assertNotEquals(first[0], other[0]);
    double squares = 0;
    int end = 1 * Shape.TINY.config().width();
    int width = Shape.TINY.config().width();
    for (int i = 0; i < first.length; i++) {
      squares += i >= end && i < end + width ? 0 : first[i] * first[i];
    }
    assertEquals(0.02, Math.sqrt(squares / (first.length - width)), 0.0005);
  }

  @Test
  void mistakesAreOneLine() throws IOException {
    mistake(
        "shape: 7b (expected: one of [tiny, small, 31m, 124m, 355m, 1b])", bench("--shape", "7b"));
    mistake(
        "--output: many (expected: a number of tokens, or a range such as 16-256)",
        bench("--shape", "tiny", "--output", "many"));
    mistake(
        "long-prompt: 2001 tokens with the completion (expected: at most 1024, the model's context)",
        bench("--shape", "tiny", "--long-prompt", "2000"));
    mistake(
        "parts: speed (expected: some of %s, or soak alone)".formatted(Settings.PARTS),
        bench("--shape", "tiny", "--parts", "speed"));
    mistake(
        "parts: soak (expected: some of %s, or soak alone)".formatted(Settings.PARTS),
        bench("--shape", "tiny", "--parts", "soak,load"));
    mistake(
        "keep: %s (expected: a folder that does not exist yet)".formatted(folder),
        bench("--shape", "tiny", "--keep", folder.toString()));
    Path wrong = Files.writeString(folder.resolve("wrong.json"), "{\"format\": 1}");
    Result result = execute("compare", wrong.toString(), wrong.toString());
    assertEquals(2, result.code());
    assertEquals(1, result.err().lines().count(), result.err());
    assertTrue(result.err().startsWith("bench: " + wrong), result.err());
    Result away = bench("--address", "127.0.0.1:1");
    assertEquals(2, away.code());
    assertTrue(away.err().startsWith("bench: address: "), away.err());
    mistake(
        "what to measure: nothing (expected: one of --address, --model and --shape)", execute());
  }

  private static float[] embedding(Path folder, long seed) {
    Shape.TINY.save(folder, seed);
    try (ModelFolder model = ModelFolder.open(folder)) {
      FloatBuffer numbers = model.weights().get("transformer.wte.weight");
      var copy = new float[numbers.remaining()];
      numbers.get(copy);
      return copy;
    }
  }

  private static double figure(Section section, String row, String name) {
    return section.rows().stream()
        .filter(each -> each.name().equals(row))
        .map(each -> each.figures().get(name))
        .findFirst()
        .orElseThrow();
  }

  private static Section section(BenchResult result, String name) {
    return result.sections().stream()
        .filter(each -> each.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static List<String> names(JsonNode node) {
    List<String> names = new ArrayList<>();
    node.fieldNames().forEachRemaining(names::add);
    return names;
  }

  private static Result bench(String... arguments) {
    List<String> all = new ArrayList<>();
    all.addAll(Arrays.asList(arguments));
    for (String setting : SMALL) {
      String option = setting.substring(0, setting.indexOf('='));
      if (!all.contains(option)) {
        all.add(setting);
      }
    }
    if (!all.contains("--threads")) {
      all.add("--threads=2");
    }
    return execute(all.toArray(String[]::new));
  }

  private static Result execute(String... arguments) {
    CommandLine line = Commands.commandLine(new BenchCommand());
    var out = new StringWriter();
    var err = new StringWriter();
    line.setOut(new PrintWriter(out));
    line.setErr(new PrintWriter(err));
    return new Result(line.execute(arguments), out.toString(), err.toString());
  }

  private static void mistake(String sentence, Result result) {
    assertEquals("bench: " + sentence + "\n", result.err());
    assertEquals(2, result.code());
  }
}
