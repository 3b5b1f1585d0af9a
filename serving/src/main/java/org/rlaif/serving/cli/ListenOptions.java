package org.rlaif.serving.cli;

import org.rlaif.serving.grpc.ServerConfig;
import picocli.CommandLine.Option;

/** Where a server that is started here listens. */
@SuppressWarnings("NullAway.Init") // picocli fills the fields
public final class ListenOptions {
  @Option(names = "--port", defaultValue = "7070", description = "TCP port; 0: any free one.")
  private int port;

  @Option(
      names = "--host",
      defaultValue = ServerConfig.LOOPBACK,
      description = "Address to listen on (default: ${DEFAULT-VALUE}, this machine only).")
  private String host;

  /** The same server, there. */
  public ServerConfig on(ServerConfig config) {
    return config.listen(host, port);
  }

  public String host() {
    return host;
  }
}
