package org.rlaif.client;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import javax.net.ssl.SSLException;

/** Finds in a failed call why client and server did not agree on TLS. */
public final class TlsFailure {
  /** What is said of a connection that the other side has closed, or that is no HTTP/2. */
  private static final List<String> CLOSED =
      List.of(
          "Network closed for unknown reason",
          "First received frame was not SETTINGS",
          "Connection reset",
          "Broken pipe");

  private TlsFailure() {}

  /**
   * One line with the innermost reason; empty if TLS was not what failed.
   *
   * @param mine what the client that called was given
   */
  public static Optional<String> in(Throwable failure, Tls mine) {
    boolean tls = false;
    boolean closed = false;
    String reason = "";
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      tls |= cause instanceof SSLException;
      String message = cause.getMessage();
      if (message != null) {
        reason = message;
        closed |= CLOSED.stream().anyMatch(message::contains);
      }
    }
    if (tls) {
      return Optional.of("no agreement on TLS: " + plain(reason));
    }
    return closed && !mine.isOn()
        ? Optional.of(
            "the server closed the connection, as one does that wants TLS (expected: if so, the"
                + " certificates that vouch for it)")
        : Optional.empty();
  }

  private static String plain(String reason) {
    String known = reason.toLowerCase(Locale.ROOT);
    if (known.contains("not an ssl/tls record")) {
      return "the server answers without it (expected: no certificates, to do without too)";
    }
    if (known.contains("certificate_required")) {
      return "the server demands a certificate that its CA vouches for, and was shown none";
    }
    return reason.strip().replaceAll("\\s*\\R\\s*", " ");
  }
}
