package org.rlaif.serving.grpc;

import io.grpc.InsecureServerCredentials;
import io.grpc.ServerCredentials;
import io.grpc.TlsServerCredentials;
import io.grpc.TlsServerCredentials.ClientAuth;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import org.jspecify.annotations.Nullable;
import org.rlaif.client.Credentials;
import org.rlaif.kit.UserError;

/**
 * Who may call over TCP, and whether it is encrypted. Calls within the process are never asked.
 *
 * <p>If there is a token, every call must show one, reflection too; health checks only where that
 * is wanted, for what asks them has no secrets: orchestrators, load balancers. If there are client
 * certificates, every connection must show one; with both, both are needed.
 *
 * @param certificate PEM certificate chain of the server; null: no TLS
 * @param key PEM private key (PKCS #8, not encrypted) of the certificate
 * @param clientCa PEM certificates of which one must vouch for every client; null: any client
 * @param inferenceToken allows everything but to change what is served
 * @param controlToken allows everything
 * @param guardsHealth whether a health check, too, must show a token
 * @param insecure listen beyond this machine although anyone may call
 */
public record Security(
    @Nullable Path certificate,
    @Nullable Path key,
    @Nullable Path clientCa,
    @Nullable String inferenceToken,
    @Nullable String controlToken,
    boolean guardsHealth,
    boolean insecure) {
  /** The environment variable of the token for inference, of servers and of clients. */
  public static final String INFERENCE = Credentials.TOKEN;

  /** The environment variable of the token for control. */
  public static final String CONTROL = Credentials.CONTROL_TOKEN;

  /** For this machine alone: no TLS, no tokens. */
  public static final Security NONE = new Security(null, null, null, null, null, false, false);

  public Security {
    UserError.require(
        (certificate == null) == (key == null),
        certificate == null ? "tls-certificate" : "tls-key",
        "missing",
        "a certificate and its key, or neither");
    UserError.require(
        clientCa == null || certificate != null,
        "tls-certificate",
        "missing",
        "the server's own, if clients must show theirs");
    requireToken(INFERENCE, inferenceToken);
    requireToken(CONTROL, controlToken);
    UserError.require(
        controlToken == null || !controlToken.equals(inferenceToken),
        CONTROL,
        "the same as " + INFERENCE,
        "another one, for the rights differ");
  }

  private static void requireToken(String name, @Nullable String token) {
    UserError.require(
        token == null || token.matches("[!-~]+"),
        name,
        "not shown",
        "visible ASCII characters, at least one");
  }

  boolean encrypted() {
    return certificate != null;
  }

  private boolean tokens() {
    return inferenceToken != null || controlToken != null;
  }

  /** Refuses files that are not what they should be, and an address at which anyone could call. */
  void check(InetSocketAddress address) {
    UserError.require(
        !address.isUnresolved(), "host", address.getHostString(), "a name or an address");
    UserError.require(
        address.getAddress().isLoopbackAddress() || tokens() || clientCa != null || insecure,
        "host",
        address.getHostString(),
        "%s or --tls-client-ca, for other machines can call there; --insecure lets anyone in"
            .formatted(INFERENCE));
    builder(address);
  }

  /** A server that is guarded so; nothing is started yet. */
  NettyServerBuilder builder(InetSocketAddress address) {
    NettyServerBuilder builder;
    try {
      builder = NettyServerBuilder.forAddress(address, credentials());
    } catch (IllegalArgumentException e) {
      throw wrongKey(e);
    }
    if (tokens()) {
      builder.intercept(new BearerTokens(inferenceToken, controlToken, guardsHealth));
    }
    return builder;
  }

  private UserError wrongKey(@Nullable Throwable cause) {
    var error =
        UserError.expected(
            "tls-key", key, "the PEM private key, PKCS #8 and not encrypted, of " + certificate);
    if (cause != null) {
      error.initCause(cause);
    }
    return error;
  }

  private ServerCredentials credentials() {
    if (certificate == null || key == null) {
      return InsecureServerCredentials.create();
    }
    requireCertificates("tls-certificate", certificate);
    UserError.require(Files.isReadable(key), "tls-key", key, "a readable PEM file");
    TlsServerCredentials.Builder tls = TlsServerCredentials.newBuilder();
    try {
      if (!PrivateKeys.fits(key, certificate)) {
        throw wrongKey(null);
      }
      tls.keyManager(certificate.toFile(), key.toFile());
      if (clientCa != null) {
        requireCertificates("tls-client-ca", clientCa);
        tls.trustManager(clientCa.toFile()).clientAuth(ClientAuth.REQUIRE);
      }
    } catch (GeneralSecurityException e) {
      throw wrongKey(e);
    } catch (IOException e) {
      throw new UserError("the files for TLS cannot be read: " + e.getMessage(), e);
    }
    return tls.build();
  }

  private static void requireCertificates(String name, Path file) {
    try (InputStream pem = Files.newInputStream(file)) {
      boolean some = !CertificateFactory.getInstance("X.509").generateCertificates(pem).isEmpty();
      UserError.require(some, name, file, "PEM certificates");
    } catch (IOException | CertificateException e) {
      throw new UserError(name + ": " + file + " (expected: a file of PEM certificates)", e);
    }
  }

  /** Without the tokens. */
  @Override
  public String toString() {
    return "Security[certificate=%s, clientCa=%s, tokens=%s, guardsHealth=%s, insecure=%s]"
        .formatted(certificate, clientCa, tokens() ? "set" : "none", guardsHealth, insecure);
  }
}
