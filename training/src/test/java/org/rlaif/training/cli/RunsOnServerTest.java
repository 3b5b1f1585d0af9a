package org.rlaif.training.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.ByteString;
import io.grpc.Context;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlaif.client.Credentials;
import org.rlaif.client.RlaifClient;
import org.rlaif.kit.AtomicFiles;
import org.rlaif.kit.Json;
import org.rlaif.serving.grpc.RlaifServer;
import org.rlaif.serving.grpc.Security;
import org.rlaif.serving.grpc.ServerConfig;
import org.rlaif.serving.grpc.TestCertificates;
import org.rlaif.training.service.Runs;
import org.rlaif.training.service.TrainingService;
import org.rlaif.v1.CancelRunRequest;
import org.rlaif.v1.FetchModelRequest;
import org.rlaif.v1.FetchModelResponse;
import org.rlaif.v1.ListRunsRequest;
import org.rlaif.v1.Metrics;
import org.rlaif.v1.ResumeRunRequest;
import org.rlaif.v1.RunState;
import org.rlaif.v1.SubmitRunRequest;
import org.rlaif.v1.TrainingGrpc;
import org.rlaif.v1.TrainingGrpc.TrainingBlockingStub;
import org.rlaif.v1.WatchRunRequest;
import org.rlaif.v1.WatchRunResponse;
import org.rlaif.v1.WatchRunResponse.EventCase;

/** Runs that are submitted over gRPC, and worked on by processes of their own. */
class RunsOnServerTest {
  private static final String READ = "read-5b0c";
  private static final String WRITE = "write-11aa";

  @TempDir Path folder;

  @Test
  void aRunIsSubmittedWatchedAndFetched() throws Exception {
    Path yaml = Files.writeString(folder.resolve("tiny.yaml"), TinyRun.YAML + TinyRun.POSTS);
    served(
        Security.NONE,
        server -> {
          String address = "127.0.0.1:" + server.port();
          Typed submitted = typed(address, "submit", yaml.toString());
          assertTrue(submitted.out().matches("tiny +(queued|running) .*\\n"), submitted.toString());
          try (RlaifClient client = RlaifClient.open(address, Duration.ofSeconds(60))) {
            TrainingBlockingStub stub = TrainingGrpc.newBlockingStub(client.channel());
            Iterator<WatchRunResponse> unread = stub.watchRun(watch(0));
            List<WatchRunResponse> cut = watchedInParts(stub);
            List<WatchRunResponse> whole = events(stub.watchRun(watch(0)));
            assertEquals(whole, cut);
            assertEquals(
                LongStream.rangeClosed(1, whole.size()).boxed().toList(),
                whole.stream().map(WatchRunResponse::getPosition).toList());
            assertEquals(whole, events(unread), "who reads late misses nothing");
            hasRowsOf(whole, "sft", "step", folder.resolve("runs/tiny/sft/metrics.jsonl"));
            hasRowsOf(whole, "ppo", "update", folder.resolve("runs/tiny/ppo/metrics.jsonl"));
            fetchedFromAnywhere(stub);
          }

          Typed watched = typed(address, "watch", "tiny");
          assertEquals(0, watched.code(), watched.err());
          assertTrue(watched.out().contains("  sft step 4  "), watched.out());
          assertTrue(watched.out().matches("(?s).*\\ntiny +finished .*s\\n"), watched.out());
          typed(address, "submit", yaml.toString()); // again, it is the same one
          assertEquals(1, typed(address, "list").out().lines().count());
          Path policy = folder.resolve("policy");
          assertEquals(
              policy + "\n", typed(address, "fetch", "tiny", "--out", policy.toString()).out());
          assertSameFiles(folder.resolve("runs/tiny/ppo/model"), policy);
          RlaifServer.start(ServerConfig.inProcess(Map.of("policy", policy))).close();
          mistakesAreToldInALine(address, yaml, policy);
        });
  }

  private void mistakesAreToldInALine(String address, Path yaml, Path there) throws Exception {
    refused(
        address, "expected: a folder that is not there yet", "fetch", "tiny", "--out", "" + there);
    refused(
        address,
        "model: ppo (expected: policy, reward, sft)",
        List.of("fetch", "tiny", "--model", "ppo", "--out", folder + "/x").toArray(String[]::new));
    refused(
        address,
        "name: tiny (expected: the one of no run here",
        "submit",
        "" + yaml,
        "--set",
        "seed=3");
    refused(address, "run: nobody (expected: one that was submitted here)", "watch", "nobody");
    refused(address, "run: ../tiny (expected: letters", "cancel", "../tiny");
    Path wrong = Files.writeString(folder.resolve("wrong.yaml"), "sfft: {steps: 1}\n");
    assertEquals(
        Typed.rlaif("run", wrong.toString()).err(),
        refused(address, wrong + ": sfft", "submit", wrong.toString()));
    assertEquals(
        Typed.rlaif("run", yaml.toString(), "--set", "sft.steps=few").err(),
        refused(address, "sft.steps", "submit", yaml.toString(), "--set", "sft.steps=few"));
  }

  /** Three messages of each stream. */
  private static List<WatchRunResponse> watchedInParts(TrainingBlockingStub stub) {
    List<WatchRunResponse> all = new ArrayList<>();
    long after = 0;
    boolean ended = false;
    while (!ended) {
      var context = Context.current().withCancellation();
      Context before = context.attach();
      try {
        Iterator<WatchRunResponse> messages = stub.watchRun(watch(after));
        int read = 0;
        while (read < 3 && !ended) {
          ended = !messages.hasNext();
          if (!ended) {
            WatchRunResponse message = messages.next();
            assertTrue(read > 0 || message.hasRun(), "the state comes first");
            if (!message.hasRun()) {
              all.add(message);
            }
            after = message.getPosition();
            read++;
          }
        }
      } finally {
        context.detach(before);
        context.cancel(null);
      }
    }
    return all;
  }

  private static void hasRowsOf(List<WatchRunResponse> events, String stage, String unit, Path file)
      throws Exception {
    var rows =
        events.stream()
            .filter(WatchRunResponse::hasMetrics)
            .map(WatchRunResponse::getMetrics)
            .filter(row -> row.getStage().equals(stage))
            .toList();
    List<String> lines = Files.readAllLines(file);
    assertEquals(lines.size(), rows.size());
    for (int i = 0; i < lines.size(); i++) {
      JsonNode line = Json.MAPPER.readTree(lines.get(i));
      Metrics row = rows.get(i);
      assertEquals(unit, row.getUnit());
      assertEquals(line.get(unit).asLong(), row.getNumber());
      line.properties().stream()
          .filter(each -> each.getValue().isNumber() && !each.getKey().equals(unit))
          .forEach(
              each ->
                  assertEquals(each.getValue().doubleValue(), row.getValuesOrThrow(each.getKey())));
      assertFalse(row.getValuesMap().isEmpty(), lines.get(i));
    }
  }

  /** From any byte, also within a file, the rest is what it is from the first. */
  private static void fetchedFromAnywhere(TrainingBlockingStub stub) {
    ByteString all = fetched(stub, 0);
    for (int offset : List.of(1, all.size() / 2, all.size() - 1, all.size())) {
      assertEquals(all.substring(offset), fetched(stub, offset), "offset " + offset);
    }
    StatusRuntimeException e =
        assertThrows(StatusRuntimeException.class, () -> fetched(stub, all.size() + 1));
    assertEquals(Status.Code.INVALID_ARGUMENT, e.getStatus().getCode());
  }

  private static ByteString fetched(TrainingBlockingStub stub, long offset) {
    ByteString all = ByteString.EMPTY;
    Iterator<FetchModelResponse> messages =
        stub.fetchModel(FetchModelRequest.newBuilder().setRun("tiny").setOffset(offset).build());
    while (messages.hasNext()) {
      all = all.concat(messages.next().getData());
    }
    return all;
  }

  private static void assertSameFiles(Path expected, Path found) throws Exception {
    try (var files = Files.walk(expected)) {
      List<Path> all = files.filter(Files::isRegularFile).map(expected::relativize).toList();
      assertTrue(all.size() >= 3, all.toString());
      for (Path each : all) {
        assertEquals(
            AtomicFiles.sha256(expected.resolve(each)), AtomicFiles.sha256(found.resolve(each)));
      }
    }
  }

  /** Whatever ends: the stream, the run, the server, the process, each of them more than once. */
  @Test
  void aRunSurvivesWhateverEndsItsServer() throws Exception {
    String more =
        TinyRun.YAML.replace("steps: 4", "steps: 600") + TinyRun.POSTS + "checkpointEvery: 20\n";
    Path yaml = Files.writeString(folder.resolve("tiny.yaml"), more);
    List<WatchRunResponse> seen = new ArrayList<>();
    Path unfinished = folder.resolve("runs/tiny/sft.unfinished");

    RunsProcess server = RunsProcess.start(folder);
    typed(server.address(), "submit", yaml.toString());
    watch(server, seen, 30);
    Typed cancelled = typed(server.address(), "cancel", "tiny");
    assertTrue(cancelled.out().matches("tiny +cancelled .*\\n"), cancelled.toString());
    assertFalse(steps(unfinished).isEmpty(), "it has saved itself");
    assertTrue(typed(server.address(), "resume", "tiny").out().contains("running"));
    watch(server, seen, 30);
    long worker = server.worker();
    server.end(15);
    assertTrue(ProcessHandle.of(worker).filter(ProcessHandle::isAlive).isEmpty(), "it ended first");
    assertTrue(Files.readString(folder.resolve("runs/tiny/state.json")).contains("QUEUED"));

    server = RunsProcess.start(folder);
    watch(server, seen, 30);
    worker = server.worker();
    server.end(9);
    RunsProcess.signal(worker, "STOP"); // so that it is not done before the next server is there
    server = RunsProcess.start(folder);
    RunsProcess.signal(worker, "CONT");
    watch(server, seen, 30);
    assertEquals(worker, server.worker(), "it goes on in its process");
    server.end(9);
    RunsProcess.signal(worker, "KILL");

    server = RunsProcess.start(folder);
    watch(server, seen, Integer.MAX_VALUE);
    String listed = typed(server.address(), "list").out();
    assertTrue(listed.matches("tiny +finished .*\\n"), listed);
    server.end(15);

    assertEquals(
        IntStream.rangeClosed(1, seen.size()).mapToObj(Long::valueOf).toList(),
        seen.stream().map(WatchRunResponse::getPosition).toList(),
        "neither gap nor repetition");
    hasRowsOf(seen, "sft", "step", folder.resolve("runs/tiny/sft/metrics.jsonl"));
    Typed undisturbed =
        Typed.rlaif("run", yaml.toString(), "--runs", folder.resolve("undisturbed").toString());
    assertEquals(0, undisturbed.code(), undisturbed.err());
    for (String file :
        List.of(
            "sft/metrics.jsonl",
            "sft/model/model.safetensors",
            "reward/model/model.safetensors",
            "ppo/model/model.safetensors")) {
      assertEquals(
          -1,
          Files.mismatch(
              folder.resolve("undisturbed/tiny").resolve(file),
              folder.resolve("runs/tiny").resolve(file)),
          file);
    }
  }

  private static List<String> steps(Path unfinished) throws Exception {
    try (var inside = Files.list(unfinished)) {
      return inside
          .map(f -> f.getFileName().toString())
          .filter(n -> n.startsWith("step-"))
          .toList();
    }
  }

  /** Goes on behind what was seen, until so many more rows of SFT, or the end. */
  private static void watch(RunsProcess server, List<WatchRunResponse> seen, int rows) {
    try (RlaifClient client = RlaifClient.open(server.address(), Duration.ofSeconds(60))) {
      long after = seen.isEmpty() ? 0 : seen.get(seen.size() - 1).getPosition();
      Iterator<WatchRunResponse> messages =
          TrainingGrpc.newBlockingStub(client.channel()).watchRun(watch(after));
      int read = 0;
      while (read < rows && messages.hasNext()) {
        WatchRunResponse message = messages.next();
        if (!message.hasRun()) {
          seen.add(message);
        }
        read += message.getEventCase() == EventCase.METRICS ? 1 : 0;
      }
    }
  }

  /** As of Control: without a token nobody, with that for inference nobody either. */
  @Test
  void whoHasNoRightToControlIsRefused() throws Exception {
    TestCertificates own = TestCertificates.make(folder, "server");
    var guard = new Security(own.certificate(), own.key(), null, READ, WRITE, false, false);
    served(
        guard,
        server -> {
          Credentials tls = Credentials.tls(own.certificate());
          assertEquals(List.of(Status.Code.UNAUTHENTICATED), codes(server, tls));
          assertEquals(
              List.of(Status.Code.UNAUTHENTICATED), codes(server, tls.withToken("another")));
          assertEquals(List.of(Status.Code.PERMISSION_DENIED), codes(server, tls.withToken(READ)));
          assertEquals(
              List.of(Status.Code.OK, Status.Code.NOT_FOUND), codes(server, tls.withToken(WRITE)));
          String shown =
              RunsProcess.rlaif(
                  Map.of(Credentials.TOKEN, READ, Credentials.CONTROL_TOKEN, WRITE),
                  "runs",
                  "list",
                  "--address",
                  "127.0.0.1:" + server.port(),
                  "--tls-ca",
                  own.certificate().toString());
          assertTrue(shown.contains("\ntiny  ") || shown.startsWith("tiny  "), shown);
          String refused =
              RunsProcess.rlaif(
                  Map.of(Credentials.TOKEN, READ),
                  "runs",
                  "list",
                  "--address",
                  "127.0.0.1:" + server.port(),
                  "--tls-ca",
                  own.certificate().toString());
          assertTrue(
              refused.contains(
                  "rlaif: authorization: a token for inference, for rlaif.v1.Training/ListRuns"),
              refused);
        });
  }

  /** Of all calls, those that come, once each; the last one leaves a run that is cancelled. */
  private static List<Status.Code> codes(RlaifServer server, Credentials shown) {
    try (RlaifClient client =
        RlaifClient.open("127.0.0.1:" + server.port(), Duration.ofSeconds(60), shown)) {
      TrainingBlockingStub stub = TrainingGrpc.newBlockingStub(client.channel());
      SubmitRunRequest submit = SubmitRunRequest.newBuilder().setYaml("name: tiny").build();
      CancelRunRequest cancel = CancelRunRequest.newBuilder().setRun("tiny").build();
      FetchModelRequest fetch = FetchModelRequest.newBuilder().setRun("tiny").build();
      ResumeRunRequest resume = ResumeRunRequest.newBuilder().setRun("nobody").build();
      WatchRunRequest watch = WatchRunRequest.newBuilder().setRun("nobody").build();
      return List.<Runnable>of(
              () -> stub.listRuns(ListRunsRequest.getDefaultInstance()),
              () -> stub.submitRun(submit),
              () -> stub.cancelRun(cancel),
              () -> stub.resumeRun(resume),
              () -> stub.watchRun(watch).next(),
              () -> stub.fetchModel(fetch).next())
          .stream()
          .map(RunsOnServerTest::code)
          .distinct()
          .toList();
    }
  }

  private static Status.Code code(Runnable call) {
    try {
      call.run();
      return Status.Code.OK;
    } catch (StatusRuntimeException e) {
      return e.getStatus().getCode();
    }
  }

  private interface Work<T> {
    void with(T it) throws Exception;
  }

  /** A server in this process; its runs have processes of their own. */
  private void served(Security security, Work<RlaifServer> work) throws Exception {
    try (Runs runs = Runs.open(folder.resolve("runs"), RunsServeCommand.worker(Rlaif.class), 1);
        TrainingService service = new TrainingService(runs);
        RlaifServer server =
            RlaifServer.start(
                ServerConfig.inProcess(Map.of()).listen(ServerConfig.LOOPBACK, 0).secure(security),
                service)) {
      runs.begin();
      work.with(server);
    }
  }

  private static WatchRunRequest watch(long after) {
    return WatchRunRequest.newBuilder().setRun("tiny").setAfter(after).build();
  }

  private static List<WatchRunResponse> events(Iterator<WatchRunResponse> messages) {
    List<WatchRunResponse> events = new ArrayList<>();
    WatchRunResponse last = WatchRunResponse.getDefaultInstance();
    while (messages.hasNext()) {
      last = messages.next();
      if (!last.hasRun()) {
        events.add(last);
      }
    }
    assertEquals(RunState.RUN_STATE_FINISHED, last.getRun().getState(), last.toString());
    return events;
  }

  private static Typed typed(String address, String... words) {
    List<String> all = new ArrayList<>(List.of("runs"));
    all.addAll(List.of(words));
    all.addAll(List.of("--address", address));
    return Typed.rlaif(all.toArray(String[]::new));
  }

  private static String refused(String address, String reason, String... words) {
    Typed typed = typed(address, words);
    assertEquals(2, typed.code(), typed.toString());
    assertTrue(typed.err().contains(reason), typed.err());
    assertEquals(1, typed.err().lines().count(), typed.err());
    return typed.err();
  }
}
