package org.rlaif.serving.cli;

import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.rlaif.serving.grpc.Security;
import picocli.CommandLine.Option;

/** Who may call a server that is started here. */
public final class GuardOptions {
  @Option(
      names = "--tls-certificate",
      paramLabel = "FILE",
      description = "PEM certificate chain of this server; turns TLS on.")
  private @Nullable Path certificate;

  @Option(
      names = "--tls-key",
      paramLabel = "FILE",
      description = "Its PEM private key (PKCS #8, not encrypted).")
  private @Nullable Path key;

  @Option(
      names = "--tls-client-ca",
      paramLabel = "FILE",
      description = "PEM certificates that must vouch for every client (mutual TLS).")
  private @Nullable Path clientCa;

  @Option(
      names = "--guard-health",
      description =
          "Demand a token for health checks, too, where one is demanded for everything else.")
  private boolean guardHealth;

  @Option(
      names = "--insecure",
      description = {
        "Listen beyond this machine although anyone may call.",
        "To let in who has a token: RLAIF_TOKEN in the environment for inference, "
            + "RLAIF_CONTROL_TOKEN for everything."
      })
  private boolean insecure;

  /** Tokens come from the environment alone: a command line can be seen by others. */
  public Security security(Map<String, String> environment) {
    return new Security(
        certificate,
        key,
        clientCa,
        environment.get(Security.INFERENCE),
        environment.get(Security.CONTROL),
        guardHealth,
        insecure);
  }
}
