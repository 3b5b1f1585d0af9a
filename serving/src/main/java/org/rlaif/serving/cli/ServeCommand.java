package org.rlaif.serving.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.rlaif.model.text.TextBound;
import org.rlaif.serving.engine.EngineConfig;
import org.rlaif.serving.engine.PolicyEngine;
import org.rlaif.serving.engine.ServedModel;
import org.rlaif.serving.grpc.RlaifServer;
import org.rlaif.serving.grpc.ServerConfig;
import org.rlaif.serving.grpc.ServerConfig.Endpoint;
import org.rlaif.serving.score.ScoringConfig;
import org.rlaif.serving.update.QuantizationLoss;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Serves until it is told to stop. */
@Command(
    name = "serve",
    description = "Serves a run's models, or model folders, over gRPC until it is stopped.",
    mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init") // picocli fills the fields
public final class ServeCommand implements Callable<Integer> {
  @Parameters(
      arity = "1..*",
      paramLabel = "RUN|[NAME=]FOLDER|[NAME=]ORG/NAME",
      description = {
        "A run (it has a models.json), model folders, or models' names on the Hugging Face hub,"
            + " with",
        "@REVISION if need be."
      })
  private List<String> folders;

  @Mixin private ListenOptions listen;

  @Option(
      names = "--slots",
      defaultValue = "0",
      description = "Sequences a policy decodes at a time (default: by the model's size).")
  private int slots;

  @Option(
      names = "--context",
      paramLabel = "TOKENS",
      description =
          "The longest sequence, where the model's own is not shorter: a slot has room for one"
              + " (default: ${DEFAULT-VALUE}).")
  private int context = EngineConfig.DEFAULT_CONTEXT;

  @Option(
      names = "--bytes-per-token",
      paramLabel = "BYTES",
      description =
          "Texts of more bytes than the context has tokens times this are refused before they are"
              + " tokenised (default: ${DEFAULT-VALUE}).")
  private int bytesPerToken = TextBound.BYTES_PER_TOKEN;

  @Option(
      names = "--scoring-tokens",
      paramLabel = "TOKENS",
      description =
          "Scores, and log-probabilities of given completions, are computed together, whoever asks:"
              + " at most so many tokens at a time (default: ${DEFAULT-VALUE}).")
  private int scoringTokens = ScoringConfig.DEFAULT.tokens();

  @Option(
      names = "--scoring-delay",
      paramLabel = "MS",
      description =
          "Milliseconds that such a request waits for others, at most; 0: never (default:"
              + " ${DEFAULT-VALUE}).")
  private long scoringDelay = ScoringConfig.DEFAULT.delay().toMillis();

  @Option(
      names = "--max-queue-per-client",
      paramLabel = "SEQUENCES",
      description = {
        "Sequences of one client that may wait for a model (default: half of all that may wait).",
        "A client is a certificate's name, else the client-id in the metadata, else a connection."
      })
  private @Nullable Integer maxQueuePerClient;

  @Option(
      names = "--metrics-port",
      description = {
        "Figures for Prometheus at http://127.0.0.1:PORT/metrics, and whether the server is well"
            + " at",
        "/healthz and takes requests at /readyz (default: none)."
      })
  private @Nullable Integer metricsPort;

  @Option(
      names = "--metrics-host",
      paramLabel = "HOST",
      defaultValue = ServerConfig.LOOPBACK,
      description =
          "Address for these; whoever reaches it can read them (default: ${DEFAULT-VALUE}).")
  private String metricsHost;

  @Option(
      names = "--drain",
      paramLabel = "SECONDS",
      defaultValue = "10",
      description =
          "When it is stopped, calls under way get that long to finish (default:"
              + " ${DEFAULT-VALUE}).")
  private long drain;

  @Mixin private ComputeOptions compute;
  @Mixin private QuantizationOptions quantization;

  @Option(
      names = "--calibration",
      paramLabel = "FILE",
      description =
          "JSON Lines with a prompt in each row, like those that quantised policies will be asked:"
              + " they are calibrated and measured on some of them (default: those of the runs).")
  private @Nullable Path calibration;

  @Mixin private GuardOptions guard;
  @Mixin private LogOptions log;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws InterruptedException {
    return log.run(this::serve);
  }

  private void serve() throws InterruptedException {
    ServerConfig config =
        listen
            .on(ServerConfig.inProcess(RunModels.of(folders)))
            .compute(slots, compute.compute())
            .engine(this::engine)
            .drain(Duration.ofSeconds(drain))
            .secure(guard.security(System.getenv()));
    if (maxQueuePerClient != null) {
      config = config.perClient(maxQueuePerClient);
    }
    if (metricsPort != null) {
      config = config.metrics(new Endpoint(metricsHost, metricsPort));
    }
    try (RlaifServer server = RlaifServer.start(config)) {
      if (!log.isForMachines()) { // these have it in the log
        describe(server, spec.commandLine().getOut());
      }
      var stop = new Thread(server::close, "rlaif-stop");
      Runtime.getRuntime().addShutdownHook(stop);
      server.awaitTermination();
    }
  }

  private EngineConfig engine(EngineConfig config) {
    return config
        .context(context)
        .bytesPerToken(bytesPerToken)
        .scoring(new ScoringConfig(scoringTokens, Duration.ofMillis(scoringDelay)))
        .quantize(quantization.quantization())
        .calibrate(CalibrationPrompts.of(calibration, folders));
  }

  private void describe(RlaifServer server, PrintWriter out) {
    server.models().forEach(model -> describe(model, out));
    out.printf("listening on %s:%d (%s)%n", listen.host(), server.port(), server.engine());
    out.flush();
  }

  private static void describe(ServedModel model, PrintWriter out) {
    PolicyEngine policy = model instanceof PolicyEngine engine ? engine : null;
    String what = policy == null ? "reward model" : "policy, " + policy.slots() + " slots";
    out.printf(
        "%s: %s, %,d parameters, context %d, %s%n",
        model.name(),
        what,
        model.config().parameterCount(),
        model.config().contextLength(),
        model.folder());
    out.printf("%s: %s%n", model.name(), model.footprint());
    QuantizationLoss loss = policy == null ? null : policy.quantizationLoss();
    if (loss != null) {
      out.printf("%s: %s%n", model.name(), loss);
    }
  }
}
