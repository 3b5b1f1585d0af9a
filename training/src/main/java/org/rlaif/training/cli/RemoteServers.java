package org.rlaif.training.cli;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.rlaif.client.Credentials;
import org.rlaif.client.RlaifClient;
import org.rlaif.client.Tls;
import org.rlaif.kit.Prompt;
import org.rlaif.kit.UserError;
import org.rlaif.serving.engine.Calibration;
import org.rlaif.training.run.Servers;
import org.rlaif.v1.Input;
import org.rlaif.v1.Message;

/**
 * Loads models into a server that runs elsewhere, and unloads them afterwards. The run's folder
 * must be reachable there under the same path.
 *
 * @param address {@code host:port}
 * @param credentials with the right to load models and replace weights
 */
record RemoteServers(String address, Credentials credentials) implements Servers {
  private static final Duration UNLOADING = Duration.ofMinutes(1);

  /**
   * With the tokens of the environment; a run replaces weights, so the one for control is first.
   */
  static RemoteServers of(String address, Tls tls, Map<String, String> environment) {
    String token =
        environment.getOrDefault(Credentials.CONTROL_TOKEN, environment.get(Credentials.TOKEN));
    try {
      return new RemoteServers(address, new Credentials(tls, token));
    } catch (IllegalArgumentException e) {
      throw new UserError("server " + address + ": " + e.getMessage(), e);
    }
  }

  @Override
  public Serving serve(Map<String, Path> models, Supplier<List<Prompt>> prompts) {
    List<Input> calibration = calibration(prompts.get());
    RlaifClient client = open(InProcessServers.TIME_LIMIT);
    try {
      unload(client, models.keySet()); // what a killed run has left there
      models.forEach(
          (name, folder) ->
              client.load(name, folder.toAbsolutePath().normalize().toString(), calibration));
    } catch (StatusRuntimeException e) {
      client.close();
      throw e.getStatus()
          .withDescription("server: " + e.getStatus().getDescription())
          .withCause(e)
          .asRuntimeException();
    }
    return new Serving() {
      @Override
      public RlaifClient client() {
        return client;
      }

      @Override
      public RlaifClient open(Duration timeLimit) {
        return RemoteServers.this.open(timeLimit);
      }

      @Override
      public void close() {
        try {
          unload(client, models.keySet());
        } finally {
          client.close();
        }
      }
    };
  }

  /** Some from all over, for a server that serves quantised. */
  private static List<Input> calibration(List<Prompt> prompts) {
    int count = Math.min(prompts.size(), Calibration.MOST_PROMPTS);
    return IntStream.range(0, count)
        .mapToObj(i -> input(prompts.get((int) ((long) i * prompts.size() / count))))
        .toList();
  }

  private static Input input(Prompt prompt) {
    if (!(prompt instanceof Prompt.Chat chat)) {
      return RlaifClient.text(prompt.transcript());
    }
    return RlaifClient.chat(
        chat.messages().stream()
            .map(
                each ->
                    Message.newBuilder().setRole(each.role()).setContent(each.content()).build())
            .toArray(Message[]::new));
  }

  private RlaifClient open(Duration timeLimit) {
    try {
      return RlaifClient.open(address, timeLimit, credentials);
    } catch (IllegalArgumentException e) {
      throw new UserError("server " + address + ": " + e.getMessage(), e);
    }
  }

  private static void unload(RlaifClient client, Collection<String> names) {
    RlaifClient patient = client.within(UNLOADING);
    for (String name : names) {
      try {
        patient.unload(name);
      } catch (StatusRuntimeException e) {
        if (e.getStatus().getCode() != Status.Code.NOT_FOUND) {
          throw e;
        }
      }
    }
  }
}
