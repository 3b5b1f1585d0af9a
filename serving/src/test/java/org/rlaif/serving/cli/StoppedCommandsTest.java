package org.rlaif.serving.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.rlaif.client.RlaifClient;
import org.rlaif.serving.engine.TestModels;
import org.rlaif.v1.ControlGrpc;
import org.rlaif.v1.GenerateRequest;
import org.rlaif.v1.ListModelsRequest;
import org.rlaif.v1.PauseMode;
import org.rlaif.v1.PauseRequest;
import org.rlaif.v1.PolicyGrpc;

/** Commands that get SIGTERM, or SIGINT as from a terminal. */
class StoppedCommandsTest {
  @TempDir Path folder;

  /** While a call waits for a paused policy. */
  @ParameterizedTest
  @CsvSource({"TERM, 15", "INT, 2"})
  void everybodyIsToldAndNobodyWaits(String signal, int number) throws Exception {
    Path model = TestModels.save(folder.resolve("policy"), TestModels.TINY, 7);
    String serve = "serve " + model + " --port 0 --threads 1 --max-queue-per-client 3";
    Process server = CommandProcess.start(Map.of(), List.of(serve));
    try (BufferedReader out = server.inputReader(StandardCharsets.UTF_8)) {
      assumeTrue(listens(server.pid(), number), "what started the tests ignores the signal");
      ManagedChannel channel =
          Grpc.newChannelBuilder(CommandProcess.listening(out), InsecureChannelCredentials.create())
              .build();
      Iterator<HealthCheckResponse> health =
          HealthGrpc.newBlockingStub(channel)
              .withDeadlineAfter(60, TimeUnit.SECONDS)
              .watch(HealthCheckRequest.getDefaultInstance());
      assertEquals(ServingStatus.SERVING, health.next().getStatus());
      var control = ControlGrpc.newBlockingStub(channel);
      control.pause(
          PauseRequest.newBuilder().setModel("policy").setMode(PauseMode.PAUSE_MODE_DRAIN).build());
      CompletableFuture<Status> waiting = CompletableFuture.supplyAsync(() -> refused(channel));
      while (control
              .listModels(ListModelsRequest.getDefaultInstance())
              .getModels(0)
              .getWaitingSequences()
          < 1) {
        Thread.sleep(5);
      }
      long start = System.nanoTime();
      new ProcessBuilder("kill", "-" + signal, String.valueOf(server.pid())).start().waitFor();
      assertEquals(ServingStatus.NOT_SERVING, health.next().getStatus());
      assertEquals(Status.Code.UNAVAILABLE, waiting.join().getCode());
      assertTrue(waiting.join().getDescription().contains("paused"), waiting.join().toString());
      assertTrue(server.waitFor(30, TimeUnit.SECONDS));
      double seconds = (System.nanoTime() - start) * 1e-9;
      assertTrue(seconds < 5, seconds + " s, of 10 that calls under way may have");
      assertEquals(128 + number, server.exitValue());
      String rest = out.lines().collect(Collectors.joining("\n"));
      assertTrue(rest.contains("stopping: calls under way may finish"), rest);
      channel.shutdownNow();
    } finally {
      server.destroyForcibly();
    }
  }

  /** A process inherits the signals that are ignored, such as SIGINT behind a shell's {@code &}. */
  private static boolean listens(long pid, int signal) throws IOException {
    String ignored =
        Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
            .filter(line -> line.startsWith("SigIgn:"))
            .findFirst()
            .orElseThrow();
    long signals = Long.parseUnsignedLong(ignored.split("\\s+", -1)[1], 16);
    return (signals >> (signal - 1) & 1) == 0;
  }

  private static Status refused(ManagedChannel channel) {
    return assertThrows(
            StatusRuntimeException.class,
            () ->
                PolicyGrpc.newBlockingStub(channel)
                    .generate(
                        GenerateRequest.newBuilder()
                            .setModel("policy")
                            .setPrompt(RlaifClient.tokens(2, 9))
                            .build())
                    .next())
        .getStatus();
  }
}
