package org.rlaif.client;

import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.List;
import org.rlaif.v1.DescribeEnvironmentRequest;
import org.rlaif.v1.EnvironmentGrpc;
import org.rlaif.v1.EnvironmentReply;
import org.rlaif.v1.EnvironmentRequest;
import org.rlaif.v1.Episode;

/**
 * A client of an environment: what a policy talks with while it is trained. Every call ends within
 * the time limit; a failure is a {@link StatusRuntimeException} whose description begins with what
 * was waited for. What the service has no room for is asked again, as by {@link RlaifClient}.
 */
public final class EnvironmentClient implements AutoCloseable {
  private final Connection connection;

  private EnvironmentClient(Connection connection) {
    this.connection = connection;
  }

  /**
   * Opens a client. Nothing is sent before the first call.
   *
   * @param target {@code host:port}, or {@code inprocess:NAME} for a service in this process
   */
  public static EnvironmentClient open(String target, Duration timeLimit, Credentials credentials) {
    return new EnvironmentClient(
        Connection.open(target, timeLimit, credentials, RlaifClient.ATTEMPTS));
  }

  /** JSON schemas of the functions that the policy may call. */
  public List<String> tools() {
    return connection.waitFor(
        "the tools of the environment",
        () -> stub().describe(DescribeEnvironmentRequest.getDefaultInstance()).getToolsList());
  }

  /** What follows each episode. */
  public List<EnvironmentReply> reply(List<Episode> episodes) {
    EnvironmentRequest request = EnvironmentRequest.newBuilder().addAllEpisodes(episodes).build();
    return connection.waitFor(
        "the environment's replies to %d episodes".formatted(episodes.size()),
        () -> stub().reply(request).getRepliesList());
  }

  private EnvironmentGrpc.EnvironmentBlockingStub stub() {
    return connection.limited(EnvironmentGrpc.newBlockingStub(connection.channel()));
  }

  @Override
  public void close() {
    connection.close();
  }
}
