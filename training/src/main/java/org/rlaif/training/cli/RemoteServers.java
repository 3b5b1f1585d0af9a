package org.rlaif.training.cli;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.rlaif.client.Credentials;
import org.rlaif.client.RlaifClient;
import org.rlaif.client.Tls;
import org.rlaif.kit.Prompt;
import org.rlaif.kit.Retry;
import org.rlaif.kit.UserError;
import org.rlaif.model.DecoderConfig.Head;
import org.rlaif.model.ModelFolder;
import org.rlaif.model.onnx.Precision;
import org.rlaif.serving.engine.Calibration;
import org.rlaif.training.run.Servers;
import org.rlaif.v1.Input;
import org.rlaif.v1.LoadModelRequest;
import org.rlaif.v1.Message;
import org.rlaif.v1.Model;

/**
 * Loads models into a server that runs elsewhere, and unloads them afterwards. The run's folder
 * must be reachable there under the same path. Nobody else unloads the models meanwhile; those of a
 * run that was killed go when its lease is over.
 *
 * @param address {@code host:port}
 * @param credentials with the right to load models and replace weights
 * @param holder of the models: this run, in this process
 * @param lease how long the server keeps them when it hears nothing more, in whole seconds
 */
record RemoteServers(String address, Credentials credentials, String holder, Duration lease)
    implements Servers {
  private static final Duration UNLOADING = Duration.ofMinutes(1);
  private static final Duration LEASE = Duration.ofMinutes(1);
  private static final Duration LOOK = Duration.ofMillis(500);

  /**
   * With the tokens of the environment; a run replaces weights, so the one for control is first.
   *
   * @param run its name
   */
  static RemoteServers of(String address, Tls tls, Map<String, String> environment, String run) {
    String token =
        environment.getOrDefault(Credentials.CONTROL_TOKEN, environment.get(Credentials.TOKEN));
    try {
      String holder = run + "-" + UUID.randomUUID();
      return new RemoteServers(address, new Credentials(tls, token), holder, LEASE);
    } catch (IllegalArgumentException e) {
      throw new UserError("server " + address + ": " + e.getMessage(), e);
    }
  }

  @Override
  public Serving serve(
      Map<String, Path> models, @Nullable Precision weights, Supplier<List<Prompt>> prompts) {
    List<Input> calibration = calibration(prompts.get());
    RlaifClient client = open(InProcessServers.TIME_LIMIT);
    var renewals = new LeaseRenewals(client, holder, lease);
    List<String> loaded = new ArrayList<>();
    try {
      models.keySet().forEach(name -> makeRoom(client, name));
      models.forEach(
          (name, folder) -> {
            load(client, name, folder, weights, calibration);
            loaded.add(name);
          });
    } catch (RuntimeException e) {
      try {
        end(client, renewals, loaded);
      } catch (RuntimeException second) {
        e.addSuppressed(second);
      }
      throw e instanceof StatusRuntimeException refused ? atServer(refused) : e;
    }
    return new Serving(client, this::open, () -> end(client, renewals, loaded));
  }

  private void end(RlaifClient client, LeaseRenewals renewals, List<String> loaded) {
    try {
      loaded.forEach(name -> unload(client, name));
    } finally {
      renewals.close();
      client.close();
    }
  }

  private static StatusRuntimeException atServer(StatusRuntimeException e) {
    return e.getStatus()
        .withDescription("server: " + e.getStatus().getDescription())
        .withCause(e)
        .asRuntimeException();
  }

  private void load(
      RlaifClient client,
      String name,
      Path folder,
      @Nullable Precision weights,
      List<Input> calibration) {
    client.load(
        LoadModelRequest.newBuilder()
            .setWeightsPrecision(
                weights == null || isReward(folder)
                    ? org.rlaif.v1.Precision.PRECISION_UNSPECIFIED
                    : org.rlaif.v1.Precision.valueOf("PRECISION_" + weights.name()))
            .setName(name)
            .setFolder(folder.toAbsolutePath().normalize().toString())
            .addAllCalibrationPrompts(calibration)
            .setHolder(holder)
            .setLeaseSeconds((int) lease.toSeconds())
            .build());
  }

  /** These serve in fp32 always. */
  private static boolean isReward(Path folder) {
    return ModelFolder.describe(folder).head() == Head.SCORE;
  }

  /**
   * Unloads what nobody holds any more. What another run holds is waited for until its lease is
   * over, as that of a killed one soon is; one that lives is heard of meanwhile.
   */
  private void makeRoom(RlaifClient client, String name) {
    try {
      unload(client, name);
    } catch (StatusRuntimeException e) {
      boolean refused = e.getStatus().getCode() == Status.Code.FAILED_PRECONDITION;
      Model held = refused ? ofAnother(client, name) : null;
      if (held == null) {
        throw e;
      }
      awaitEnd(client, held);
      unload(client, name);
    }
  }

  /** Ends with the lease: the server unloads the model then, unless the lease is renewed. */
  private void awaitEnd(RlaifClient client, Model held) {
    System.err.printf(
        "waiting for model %s on server %s: %s holds it until %s, or longer if it still runs%n",
        held.getName(), address, held.getHolder(), until(held));
    for (Model now = held; now != null; now = ofAnother(client, held.getName())) {
      if (now.getLeaseEndUnixMs() != held.getLeaseEndUnixMs()) {
        throw UserError.expected(
            "server " + address + ", model " + held.getName(),
            "held by %s, a run that goes on, until %s or longer"
                .formatted(now.getHolder(), until(now)),
            "a run whose name no other uses there");
      }
      Retry.sleep(LOOK, "model " + held.getName());
    }
  }

  private static Instant until(Model held) {
    return Instant.ofEpochMilli(held.getLeaseEndUnixMs()).truncatedTo(ChronoUnit.SECONDS);
  }

  /** The model of that name if another holds it. */
  private @Nullable Model ofAnother(RlaifClient client, String name) {
    return client.models().stream()
        .filter(model -> model.getName().equals(name))
        .filter(model -> !model.getHolder().isEmpty() && !model.getHolder().equals(holder))
        .findAny()
        .orElse(null);
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

  private void unload(RlaifClient client, String name) {
    try {
      client.within(UNLOADING).unload(name, holder);
    } catch (StatusRuntimeException e) {
      if (e.getStatus().getCode() != Status.Code.NOT_FOUND) {
        throw e;
      }
    }
  }
}
