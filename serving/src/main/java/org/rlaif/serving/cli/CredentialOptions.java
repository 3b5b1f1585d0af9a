package org.rlaif.serving.cli;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.rlaif.client.Credentials;
import org.rlaif.client.Tls;
import org.rlaif.kit.UserError;
import picocli.CommandLine.Option;

/** What is shown to a server, and demanded of it. */
final class CredentialOptions {
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

  /** The token is read from the environment alone: a command line can be seen by others. */
  Credentials credentials() {
    try {
      return new Credentials(tls(), System.getenv(Credentials.TOKEN));
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
