package org.rlaif.serving.cli;

import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Says whether a server serves; for whoever restarts it if it does not. */
@Command(
    name = "health",
    description = {
      "Asks a running server whether it serves, and prints what it says.",
      "Exit codes: 0 it serves, 1 it does not, 2 it does not answer."
    },
    mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init") // picocli fills the fields
public final class HealthCommand implements Callable<Integer> {
  @Mixin private Client client;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    ServingStatus status = client.health();
    PrintWriter out = spec.commandLine().getOut();
    out.println(status.name().toLowerCase(Locale.ROOT).replace('_', ' '));
    out.flush();
    return status == ServingStatus.SERVING ? 0 : 1;
  }
}
