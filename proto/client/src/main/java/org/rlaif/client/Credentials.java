package org.rlaif.client;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What a client shows to a server, and what it demands of it.
 *
 * @param tls {@link Tls#NONE}: nothing is encrypted
 * @param token sent with every call; it is never part of a message
 */
public record Credentials(Tls tls, @Nullable String token) {
  /** The environment variable of the token that allows inference, for servers and clients. */
  public static final String TOKEN = "RLAIF_TOKEN";

  /** The environment variable of the token that allows everything. */
  public static final String CONTROL_TOKEN = "RLAIF_CONTROL_TOKEN";

  /** Neither TLS nor a token. */
  public static final Credentials NONE = new Credentials(Tls.NONE, null);

  /** An {@link IllegalArgumentException} says what a token must be; it does not show it. */
  public Credentials {
    Tls.require(
        token == null || token.matches("[!-~]+"),
        "token",
        "not shown",
        "visible ASCII characters, at least one");
  }

  /** No TLS, this token. */
  public static Credentials token(String token) {
    return new Credentials(Tls.NONE, token);
  }

  /** TLS with a server for which the certificates in this file vouch. */
  public static Credentials tls(Path ca) {
    return new Credentials(new Tls(ca, null, null), null);
  }

  /** The same with a token. */
  public Credentials withToken(String token) {
    return new Credentials(tls, token);
  }

  /** The same with a certificate of the client's own. */
  public Credentials withCertificate(Path certificate, Path key) {
    return new Credentials(new Tls(tls.ca(), certificate, key), token);
  }

  /** Without the token. */
  @Override
  public String toString() {
    return "Credentials[%s, token=%s]".formatted(tls, token == null ? "none" : "set");
  }
}
