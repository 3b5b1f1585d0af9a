package org.rlaif.training.cli;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.rlaif.serving.cli.GuardOptions;
import org.rlaif.serving.cli.ListenOptions;
import org.rlaif.serving.cli.LogOptions;
import org.rlaif.serving.grpc.RlaifServer;
import org.rlaif.serving.grpc.ServerConfig;
import org.rlaif.training.service.Runs;
import org.rlaif.training.service.TrainingService;
import org.rlaif.training.service.Worker;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Takes runs until it is told to stop. */
@Command(
    name = "serve",
    mixinStandardHelpOptions = true,
    description = {
      "Takes runs over gRPC and works on them, each in a process of its own, until it is stopped.",
      "Then those at work save themselves; the next start in the same folder goes on with them."
    },
    footer = {"", "Example: rlaif runs serve --at-a-time 2"})
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class RunsServeCommand implements Callable<Integer> {
  private final Class<?> main;

  @Spec private CommandSpec spec;

  @Mixin private RunsFolder folder;

  @Option(
      names = "--at-a-time",
      paramLabel = "RUNS",
      defaultValue = "1",
      description = "So many runs are worked on together (default: ${DEFAULT-VALUE}).")
  private int atATime;

  @Mixin private ListenOptions listen;
  @Mixin private GuardOptions guard;
  @Mixin private LogOptions log;

  /**
   * @param main what a process that works on a run is started by
   */
  RunsServeCommand(Class<?> main) {
    this.main = main;
  }

  @Override
  public Integer call() throws InterruptedException {
    return log.run(this::serve);
  }

  private void serve() throws InterruptedException {
    ServerConfig config =
        listen.on(ServerConfig.inProcess(Map.of())).secure(guard.security(System.getenv()));
    Runs runs = Runs.open(folder.path(), worker(main), atATime);
    var service = new TrainingService(runs);
    try (runs;
        RlaifServer server = RlaifServer.start(config, service)) {
      Runtime.getRuntime()
          .addShutdownHook(new Thread(() -> stop(runs, service, server), "rlaif-stop"));
      runs.begin(); // the port is ours
      if (!log.isForMachines()) { // these have it in the log
        spec.commandLine()
            .getOut()
            .printf(
                "listening on %s:%d, for runs in %s%n", listen.host(), server.port(), folder.path())
            .flush();
      }
      try {
        server.awaitTermination();
      } finally {
        service.close();
      }
    }
  }

  /** All runs save themselves while calls under way finish. */
  private static void stop(Runs runs, TrainingService service, RlaifServer server) {
    runs.stop();
    service.close();
    server.close();
    runs.close();
  }

  /** Another process like this one: the same Java, with the same options. */
  static Worker worker(Class<?> main) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(each -> !each.matches("-(agentlib|agentpath|javaagent|Xrunjdwp).*")) // one's own
        .forEach(command::add);
    command.add(main.getName());
    return new Worker(command, System.getProperty("java.class.path"));
  }
}
