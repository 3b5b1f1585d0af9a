package org.rlaif.training.cli;

import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import org.rlaif.judge.Judge;
import org.rlaif.judge.cli.JudgeOptions;
import org.rlaif.judge.service.JudgeService;
import org.rlaif.kit.UserError;
import org.rlaif.serving.cli.GuardOptions;
import org.rlaif.serving.cli.ListenOptions;
import org.rlaif.serving.cli.LogOptions;
import org.rlaif.serving.grpc.RlaifServer;
import org.rlaif.serving.grpc.ServerConfig;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Asks a judge for others until it is told to stop. */
@Command(
    name = "serve",
    mixinStandardHelpOptions = true,
    description = {
      "Asks a judge for others, over gRPC (rlaif.v1.Judge): compares, rates and critiques, as far as",
      "the judge does, until it is stopped. What an endpoint answers is kept in judge.answers."
    },
    footer = {"", "Example: rlaif judge serve --kind rubric --rubric tldr --port 7071"})
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class JudgeServeCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Mixin private ListenOptions listen;
  @Mixin private JudgeOptions judgeOptions;
  @Mixin private GuardOptions guard;
  @Mixin private LogOptions log;

  @Override
  public Integer call() throws InterruptedException {
    return log.run(this::serve);
  }

  private void serve() throws InterruptedException {
    ServerConfig config =
        listen.on(ServerConfig.inProcess(Map.of())).secure(guard.security(System.getenv()));
    String kind = judgeOptions.config().kind();
    Judge judge = judgeOptions.open(Path.of("judge"));
    try (var service = new JudgeService(judge, judgeOptions.config().chosen());
        RlaifServer server = RlaifServer.start(config, service)) {
      UserError.require(!judge.asksInTheTerminal(), "kind", kind, "one that needs no terminal");
      Runtime.getRuntime().addShutdownHook(new Thread(server::close, "rlaif-stop"));
      if (!log.isForMachines()) { // these have it in the log
        spec.commandLine()
            .getOut()
            .printf("listening on %s:%d, for %s%n", listen.host(), server.port(), judge.name())
            .flush();
      }
      server.awaitTermination();
    }
  }
}
