package org.rlaif.serving.cli;

import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.rlaif.client.Credentials;
import org.rlaif.client.Tls;
import org.rlaif.kit.UserError;
import picocli.CommandLine.Option;

/** What is shown to a server, and demanded of it. */
public final class CredentialOptions {
  @Option(
      names = "--tls-ca",
      paramLabel = "FILE",
      description = "PEM certificates that vouch for the server; turns TLS on.")
  private @Nullable Path ca;

  @Option(
      names = "--tls-certificate",
      paramLabel = "FILE",
      description = "PEM certificate to show to a server that demands one.")
  private @Nullable Path certificate;

  @Option(names = "--tls-key", paramLabel = "FILE", description = "Its PEM private key.")
  private @Nullable Path key;

  /**
   * The token is read from the environment alone: a command line can be seen by others. That for
   * inference is enough; where there is only the one for control, which allows more, it is shown.
   */
  public Credentials credentials() {
    return credentials(Credentials.TOKEN, Credentials.CONTROL_TOKEN);
  }

  /** For what needs the right to control: that token comes first. */
  public Credentials controlling() {
    return credentials(Credentials.CONTROL_TOKEN, Credentials.TOKEN);
  }

  private Credentials credentials(String first, String second) {
    Map<String, String> environment = System.getenv();
    try {
      return new Credentials(tls(), environment.getOrDefault(first, environment.get(second)));
    } catch (IllegalArgumentException e) {
      throw new UserError(String.valueOf(e.getMessage()), e);
    }
  }

  Tls tls() {
    return new Tls(ca, certificate, key);
  }

  /** How an address has to be, after a client could not be made with these. */
  String expectation() {
    return ca == null ? "host:port" : "host:port and files in PEM, the key in PKCS #8";
  }
}
