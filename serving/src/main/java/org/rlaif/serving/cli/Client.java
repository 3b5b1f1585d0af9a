package org.rlaif.serving.cli;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.rlaif.client.CallFailure;
import org.rlaif.client.Credentials;
import org.rlaif.client.RlaifClient;
import org.rlaif.client.TlsFailure;
import org.rlaif.kit.UserError;
import org.rlaif.v1.Model;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What the commands that ask a server have in common. */
public final class Client {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec command = CommandSpec.create();

  @Option(
      names = "--address",
      defaultValue = "127.0.0.1:7070",
      description = "The server, host:port (default: ${DEFAULT-VALUE}).")
  private String address = "";

  @Option(
      names = "--timeout",
      defaultValue = "120",
      description = "Seconds to wait for an answer (default: ${DEFAULT-VALUE}).")
  private long timeout;

  @Mixin private CredentialOptions options = new CredentialOptions();

  /**
   * Asks the server; what it refuses, or its silence, is the user's to mend.
   *
   * @param question is given the client and the name of the model to ask
   * @param runOrName a run, then the server must serve it, or the name of a model
   * @param model asked if a run is given
   */
  <T> T ask(String runOrName, String model, BiFunction<RlaifClient, String, T> question) {
    Path folder = Path.of(runOrName);
    boolean run = Files.isDirectory(folder);
    return explained(
        command.root().name() + " serve " + (run ? runOrName : "RUN"),
        options.credentials(),
        client -> {
          if (run) {
            check(client.models(), folder);
          }
          return question.apply(client, run ? model : runOrName);
        });
  }

  /** What the server says of itself as a whole. */
  ServingStatus health() {
    return explained(
        command.root().name() + " serve RUN",
        options.credentials(),
        client ->
            HealthGrpc.newBlockingStub(client.channel())
                .withDeadlineAfter(timeout, TimeUnit.SECONDS)
                .check(HealthCheckRequest.getDefaultInstance())
                .getStatus());
  }

  /**
   * Asks for what needs the right to control.
   *
   * @param start the command that starts a server that could have answered
   */
  public <T> T control(String start, Function<RlaifClient, T> call) {
    return explained(start, options.controlling(), call);
  }

  /** How long to wait for an answer. */
  public Duration timeLimit() {
    return Duration.ofSeconds(timeout);
  }

  private <T> T explained(String start, Credentials credentials, Function<RlaifClient, T> call) {
    UserError.require(timeout >= 1, "timeout", timeout, ">= 1 second");
    try (RlaifClient client = RlaifClient.open(address, timeLimit(), credentials)) {
      return call.apply(client);
    } catch (StatusRuntimeException e) {
      throw explain(e, start);
    } catch (IllegalArgumentException e) {
      throw new UserError(
          "address: %s (expected: %s)".formatted(address, options.expectation()), e);
    }
  }

  private void check(List<Model> models, Path run) {
    Path real = real(run);
    boolean serves =
        models.stream().anyMatch(model -> real(Path.of(model.getFolder())).startsWith(real));
    if (!serves) {
      String served =
          models.stream()
              .map(model -> model.getName() + " from " + model.getFolder())
              .collect(Collectors.joining(", "));
      throw UserError.expected(
          "run",
          run,
          "the one that %s serves; it has %s"
              .formatted(address, served.isEmpty() ? "no models" : served));
    }
  }

  private static Path real(Path folder) {
    try {
      return folder.toRealPath();
    } catch (IOException e) { // a folder of the server's machine that is not on this one
      return folder.toAbsolutePath().normalize();
    }
  }

  private RuntimeException explain(StatusRuntimeException e, String start) {
    Status status = e.getStatus();
    Optional<String> tls = TlsFailure.in(e, options.tls());
    if (tls.isPresent()) {
      return new UserError("address: " + address + ": " + tls.get(), e);
    }
    if (status.getCode() == Status.Code.UNAVAILABLE && neverArrived(e)) {
      return new UserError(
          "address: %s (expected: a server that answers; start one with: %s)"
              .formatted(address, start),
          e);
    }
    if (status.getCode() == Status.Code.DEADLINE_EXCEEDED) {
      return new UserError("address: " + address + ": no answer within " + timeout + " s", e);
    }
    return CallFailure.explained(e, (why, cause) -> new UserError(said(e), cause));
  }

  /** What the server said, without what the client adds. */
  private static String said(StatusRuntimeException e) {
    Status status =
        e.getCause() instanceof StatusRuntimeException of ? of.getStatus() : e.getStatus();
    return String.valueOf(status.getDescription());
  }

  /** True if the connection failed, false if a server refused. */
  private static boolean neverArrived(Throwable e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof IOException) {
        return true;
      }
    }
    return false;
  }
}
