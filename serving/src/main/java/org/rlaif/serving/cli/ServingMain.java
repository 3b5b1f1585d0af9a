package org.rlaif.serving.cli;

import org.rlaif.kit.Commands;
import org.rlaif.serving.grpc.RlaifServer;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

/** The commands of a machine that serves and does not train. */
@Command(
    name = "rlaif-server",
    versionProvider = ServingMain.Version.class,
    description = "Serves policies and reward models over gRPC.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      ServeCommand.class,
      GenerateCommand.class,
      ScoreCommand.class,
      HealthCommand.class,
      ExportCommand.class
    })
public final class ServingMain {
  private static final String LOGGING = "logback.configurationFile";

  /** For {@code --version}. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {"rlaif-server " + RlaifServer.version() + ", Java " + Runtime.version()};
    }
  }

  public static void main(String[] arguments) {
    if (System.getProperty(LOGGING) == null) {
      // Named, because a file of logback's own name would meet that of whoever embeds this room.
      System.setProperty(LOGGING, "org/rlaif/serving/cli/logback.xml");
    }
    System.exit(Commands.execute(new ServingMain(), arguments));
  }
}
