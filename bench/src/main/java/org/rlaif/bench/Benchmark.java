package org.rlaif.bench;

import com.fasterxml.jackson.core.type.TypeReference;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.rlaif.client.Credentials;
import org.rlaif.client.RlaifClient;
import org.rlaif.kit.AtomicFiles;
import org.rlaif.kit.Json;
import org.rlaif.kit.UserError;
import org.rlaif.model.DecoderConfig;
import org.rlaif.model.onnx.Quantization;
import org.rlaif.serving.engine.PolicyEngine;
import org.rlaif.serving.engine.RewardEngine;
import org.rlaif.serving.engine.ServedModel;
import org.rlaif.serving.graph.ComputeConfig;
import org.rlaif.serving.grpc.RlaifServer;
import org.rlaif.serving.grpc.ServerConfig;
import org.rlaif.v1.Model;
import org.rlaif.v1.ModelKind;

/**
 * Measures a server: one that runs, or one that is started in this process.
 *
 * @param quantization of the server that is started; one that runs has its own
 */
public record Benchmark(
    Settings settings, Quantization quantization, Duration timeLimit, Reporting reporting) {
  private static final String NAME = "bench";
  private static final String REWARD = "bench-reward";

  /** Nobody knows a remote model's vocabulary; every byte-level one has more ids than these. */
  private static final int SAFE_VOCABULARY = 256;

  /**
   * Where results go, beside the table.
   *
   * @param out for people
   * @param said hears what is being measured
   * @param command what was typed
   */
  public record Reporting(
      PrintWriter out,
      PrintWriter said,
      String command,
      @Nullable Path json,
      @Nullable Path plot) {}

  /** Of models that can have more: a KV slot of a long context leaves little room for others. */
  private static final int CONTEXT = 2048;

  /**
   * A model of that shape with random weights, made for it.
   *
   * @param keep where the model folder stays; null: it goes when all is measured
   */
  public void shape(String label, @Nullable Path keep, ComputeConfig compute)
      throws InterruptedException {
    Shape shape = Shape.of(label);
    settings.fit(shape.config().withContext(CONTEXT).contextLength());
    UserError.require(
        keep == null || !Files.exists(keep), "keep", keep, "a folder that does not exist yet");
    Path temporary = temporary();
    Path folder = keep == null ? temporary.resolve(label) : keep;
    try {
      say("making a model of shape " + label);
      shape.save(folder, settings.seed());
      Map<String, Path> models = new LinkedHashMap<>(Map.of(NAME, folder));
      if (settings.wants("scoring")) {
        Path reward = temporary.resolve(REWARD);
        shape.saveReward(reward, settings.seed());
        models.put(REWARD, reward);
      }
      measure(models, "shape " + label + ", random weights", compute);
    } finally {
      AtomicFiles.deleteRecursively(temporary);
    }
  }

  private static Path temporary() {
    try {
      return Files.createTempDirectory("rlaif-bench-");
    } catch (IOException e) {
      throw new UncheckedIOException("no temporary folder can be made", e);
    }
  }

  /** A model folder, served in this process over loopback. */
  public void folder(Path folder, ComputeConfig compute) throws InterruptedException {
    String model = String.valueOf(folder.toAbsolutePath().normalize().getFileName());
    measure(Map.of(NAME, folder), model, compute);
  }

  private void measure(Map<String, Path> models, String model, ComputeConfig compute)
      throws InterruptedException {
    ServerConfig config =
        ServerConfig.inProcess(models)
            .listen(ServerConfig.LOOPBACK, 0)
            .compute(settings.batch(), compute)
            .engine(engine -> engine.context(CONTEXT).quantize(quantization));
    if (settings.wants(Settings.SOAK)) {
      config = config.perClient(Soak.queue(settings));
    }
    try (RlaifServer server = RlaifServer.start(config);
        RlaifClient network = open(ServerConfig.LOOPBACK + ":" + server.port(), Credentials.NONE);
        RlaifClient near = open("inprocess:" + server.inProcessName(), Credentials.NONE)) {
      List<ServedModel> served = server.models(); // by name
      if (!(served.get(0) instanceof PolicyEngine engine)) {
        throw UserError.expected("model", models.get(NAME), "a policy; it is a reward model");
      }
      var reward = served.size() > 1 ? (RewardEngine) served.get(1) : null;
      measure(
          new Bench(
              settings, engine.config(), caller(network, NAME), caller(near, NAME), engine, reward),
          quantization.isNone() ? model : model + ", " + quantization.label(),
          server.engine());
    }
  }

  /**
   * A server that runs elsewhere: what needs its engine is left out.
   *
   * @param name of the policy; null: the only one
   */
  public void address(String address, Credentials credentials, @Nullable String name)
      throws InterruptedException {
    try (RlaifClient client = open(address, credentials)) {
      Model model = policy(client, name);
      DecoderConfig config =
          DecoderConfig.gpt2(SAFE_VOCABULARY, model.getContextLength(), 8, 1, 1, 8);
      measure(
          new Bench(settings, config, caller(client, model.getName()), null, null, null),
          model.getName() + " at " + address,
          "of the server");
    } catch (StatusRuntimeException e) {
      throw new UserError("address: " + e.getStatus().getDescription(), e);
    } catch (IllegalArgumentException e) {
      throw new UserError("address: " + address + " (expected: host:port)", e);
    }
  }

  /** Refusals are counted, so nothing is asked twice. */
  private RlaifClient open(String target, Credentials credentials) {
    return RlaifClient.open(target, timeLimit, credentials, /* attempts= */ 1);
  }

  private static Model policy(RlaifClient client, @Nullable String name) {
    List<Model> policies =
        client.models().stream()
            .filter(model -> model.getKind() == ModelKind.MODEL_KIND_POLICY)
            .filter(model -> name == null || name.equals(model.getName()))
            .toList();
    UserError.require(
        policies.size() == 1,
        "name",
        name == null ? "none" : name,
        "that of a policy; the server has "
            + client.models().stream().map(Model::getName).collect(Collectors.joining(", ")));
    return policies.get(0);
  }

  private Caller caller(RlaifClient client, String model) {
    return new Caller(client, model, REWARD, settings.temperature());
  }

  private void measure(Bench bench, String model, String engine) throws InterruptedException {
    Map<String, String> machine = Machine.describe(engine);
    long start = System.nanoTime();
    Found found = Parts.measure(bench, part -> say("measuring " + part));
    var result =
        new BenchResult(
            BenchResult.FORMAT,
            reporting.command(),
            model,
            machine,
            Json.MAPPER.convertValue(settings, new TypeReference<Map<String, Object>>() {}),
            Formulas.ALL,
            LatencyFigures.seconds(System.nanoTime() - start),
            found.sections(),
            found.targets());
    report(result);
  }

  private void say(String what) {
    reporting.said().println(what);
    reporting.said().flush();
  }

  private void report(BenchResult result) {
    PrintWriter out = reporting.out();
    out.println(result.model());
    result.machine().forEach((name, value) -> out.printf("  %s: %s%n", name, value));
    Tables.print(out, result.sections(), result.targets());
    out.printf(Locale.ROOT, "%nmeasured in %.0f s%n", result.seconds());
    Path json = reporting.json();
    if (json != null) {
      Json.write(json, result);
    }
    Path plot = reporting.plot();
    if (plot != null) {
      Plot.write(plot, result);
    }
    out.flush();
  }

  /** Prints the ratios of the second result file's figures to the first one's. */
  public static void compare(Path first, Path second, PrintWriter out) {
    ResultComparison.print(out, BenchResult.read(first), BenchResult.read(second));
  }
}
