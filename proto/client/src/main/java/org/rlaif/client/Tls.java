package org.rlaif.client;

import io.grpc.ChannelCredentials;
import io.grpc.InsecureChannelCredentials;
import io.grpc.TlsChannelCredentials;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * How a client knows a server, and what it shows it. Null stands for what there is not.
 *
 * @param ca PEM certificates of which one must vouch for the server; null: no TLS
 * @param certificate PEM chain that the client shows to a server that demands one (mutual TLS)
 * @param key PEM private key (PKCS #8, not encrypted) of that certificate
 */
public record Tls(@Nullable Path ca, @Nullable Path certificate, @Nullable Path key) {
  /** Nothing is encrypted. */
  public static final Tls NONE = new Tls(null, null, null);

  /** An {@link IllegalArgumentException} says which of them does not fit the others. */
  public Tls {
    require(
        (certificate == null) == (key == null),
        certificate == null ? "TLS certificate" : "TLS key",
        "missing",
        "a certificate and its key, or neither");
    require(
        certificate == null || ca != null,
        "TLS CA",
        "missing",
        "the certificates that vouch for the server, if the client shows its own");
    requirePem("TLS CA", ca);
    requirePem("TLS certificate", certificate);
    requirePem("TLS key", key);
  }

  /** Whether calls are encrypted. */
  boolean isOn() {
    return ca != null;
  }

  ChannelCredentials channel() {
    if (ca == null) {
      return InsecureChannelCredentials.create();
    }
    TlsChannelCredentials.Builder tls = TlsChannelCredentials.newBuilder();
    try {
      tls.trustManager(ca.toFile());
      if (certificate != null && key != null) {
        tls.keyManager(certificate.toFile(), key.toFile());
      }
    } catch (IOException e) {
      throw new IllegalArgumentException("the files for TLS cannot be read: " + e.getMessage(), e);
    }
    return tls.build();
  }

  private static void requirePem(String name, @Nullable Path file) {
    require(file == null || Files.isReadable(file), name, file, "a readable PEM file");
  }

  static void require(boolean asExpected, String name, @Nullable Object value, String expectation) {
    if (!asExpected) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: " + expectation + ")");
    }
  }
}
