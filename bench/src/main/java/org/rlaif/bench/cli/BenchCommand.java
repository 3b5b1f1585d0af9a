package org.rlaif.bench.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.rlaif.bench.Benchmark;
import org.rlaif.bench.Benchmark.Reporting;
import org.rlaif.bench.Settings;
import org.rlaif.kit.Commands;
import org.rlaif.kit.Interruption;
import org.rlaif.kit.UserError;
import org.rlaif.model.hub.Hub;
import org.rlaif.serving.cli.ComputeOptions;
import org.rlaif.serving.cli.CredentialOptions;
import org.rlaif.serving.cli.QuantizationOptions;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Measures a server. */
@Command(
    name = "bench",
    description = {
      "Measures latency and throughput: of a running server, or of one that is started for it on a"
          + " model folder or on a shape with random weights. Prints a table.",
      "Parts: layers (the same batch through bare ONNX Runtime, engine, rollout call, streams),"
          + " load (closed and open loops), rollouts and mixed (against static batches),"
          + " quantization (weights and KV cache in fp32, int8 and int4), prefill (a long prompt"
          + " beside decoding rows), cancel, swaps (new weights under load), scoring"
          + " (log-probabilities and, with --shape, scores of given sequences); and, alone, soak"
          + " (100 swaps at twice the capacity: answers, refusals, memory)."
    },
    mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init") // picocli fills the fields
public final class BenchCommand implements Callable<Integer> {
  /** What is measured: one of three. */
  private static final class Source {
    @Option(names = "--address", description = "A running server, host:port.")
    private @Nullable String address;

    @Option(
        names = "--model",
        paramLabel = "FOLDER|ORG/NAME",
        description = "A policy's model folder, or its name on the Hugging Face hub.")
    private @Nullable String model;

    @Option(
        names = "--shape",
        description = "A model with random weights: tiny, small, 31m, 124m, 355m or 1b.")
    private @Nullable String shape;
  }

  @ArgGroup private @Nullable Source source; // not required: compare needs none

  @Option(names = "--name", description = "Which policy of the server at --address.")
  private @Nullable String name;

  @Option(
      names = "--keep",
      paramLabel = "FOLDER",
      description = "Where the model of --shape stays (default: it is deleted).")
  private @Nullable Path keep;

  @Option(
      names = "--timeout",
      defaultValue = "600",
      description = "Seconds to wait for an answer (default: ${DEFAULT-VALUE}).")
  private long timeout;

  @Option(names = "--json", paramLabel = "FILE", description = "Writes all figures there.")
  private @Nullable Path json;

  @Option(names = "--plot", paramLabel = "FILE.png", description = "Draws them there.")
  private @Nullable Path plot;

  @Mixin private ComputeOptions compute;

  @Mixin private QuantizationOptions quantization;

  @Mixin private BenchOptions options;

  @Mixin private CredentialOptions credentials;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws InterruptedException {
    UserError.require(timeout >= 1, "timeout", timeout, ">= 1 second");
    Source from = source;
    if (from == null) {
      throw UserError.expected(
          "what to measure", "nothing", "one of --address, --model and --shape");
    }
    Settings settings = options.settings();
    PrintWriter out = spec.commandLine().getOut();
    var reporting = new Reporting(out, spec.commandLine().getErr(), typed(), json, plot);
    var benchmark =
        new Benchmark(
            settings, quantization.quantization(), Duration.ofSeconds(timeout), reporting);
    try (Interruption told = Interruption.says(spec.root().name(), "no figures were written")) {
      if (from.shape != null) {
        benchmark.shape(from.shape, keep, compute.compute());
      } else if (from.model != null) {
        benchmark.folder(Hub.of(System.getenv()).resolve(from.model), compute.compute());
      } else {
        benchmark.address(String.valueOf(from.address), credentials.credentials(), name);
      }
    }
    return 0;
  }

  /** Measures and nothing else; {@code rlaif} has it among its commands. */
  public static void main(String[] arguments) {
    System.exit(Commands.execute(new BenchCommand(), arguments));
  }

  private String typed() {
    List<String> arguments = spec.root().commandLine().getParseResult().originalArgs();
    return spec.root().name() + " " + String.join(" ", arguments);
  }

  @Command(
      name = "compare",
      description =
          "Prints the figures of two result files, and the ratios of the second to the first.",
      mixinStandardHelpOptions = true)
  int compare(
      @Parameters(paramLabel = "A.json", description = "What --json wrote.") Path first,
      @Parameters(paramLabel = "B.json", description = "The same, later or elsewhere.")
          Path second) {
    Benchmark.compare(first, second, spec.commandLine().getOut());
    return 0;
  }
}
