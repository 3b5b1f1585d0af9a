package org.rlaif.training.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlaif.kit.UserError;
import org.rlaif.training.service.Progression.State;

/** The queue, with processes of a shell that last as long as a test wants. */
class RunsTest {
  /** Goes on until a file of that name is there; then ends with the exit code in it. */
  private static final String UNTIL_TOLD =
      """
      folder=$(dirname "$1")
      trap 'kill %1; exit 143' TERM
      while [ ! -s "$folder/end" ]; do sleep 0.05 & wait $!; done
      echo "rlaif: what was wrong"
      exit "$(cat "$folder/end")"
      """;

  @TempDir Path folder;
  private Runs runs;

  @AfterEach
  void close() {
    if (runs != null) {
      runs.close();
    }
  }

  @Test
  void oneAfterTheOtherInTheirOrder() throws Exception {
    open(1);
    List<String> names = List.of("b", "a", "c");
    names.forEach(this::submit);
    assertEquals(names, runs.list().stream().map(Entry::name).toList());
    assertEquals(List.of(State.RUNNING, State.QUEUED, State.QUEUED), states());
    end("b", 0);
    await("a works", () -> states().equals(List.of(State.FINISHED, State.RUNNING, State.QUEUED)));
    end("a", 2);
    await("c works", () -> states().equals(List.of(State.FINISHED, State.FAILED, State.RUNNING)));
    assertEquals("what was wrong", runs.get("a").progression().reason());
    end("c", 1);
    await("c has ended", () -> runs.get("c").is(State.FAILED));
    assertEquals(
        "ended with exit code 1; its log.txt says more", runs.get("c").progression().reason());
  }

  @Test
  void twoAtATime() {
    open(2);
    List.of("a", "b", "c").forEach(this::submit);
    assertEquals(List.of(State.RUNNING, State.RUNNING, State.QUEUED), states());
    assertThrows(UserError.class, () -> Runs.open(folder.resolve("x"), worker(), 0));
  }

  @Test
  void aRunIsKnownByItsSettings() {
    open(1);
    Entry first = submit("a");
    assertEquals(first, runs.submit("", "other.yaml", "# said otherwise\nname: a", List.of()));
    refused(
        Status.Code.ALREADY_EXISTS,
        "name: a (expected: the one of no run here, for it has other settings)",
        () -> runs.submit("a", "a.yaml", "seed: 1", List.of()));
    folder.resolve("byhand").toFile().mkdir();
    refused(
        Status.Code.ALREADY_EXISTS,
        "name: byhand (expected: that of no folder, for this one is not a run's)",
        () -> submit("byhand"));
    refused(
        Status.Code.NOT_FOUND,
        "run: b (expected: one that was submitted here)",
        () -> runs.get("b"));
  }

  /** Nothing of it is written. */
  @Test
  void whatARunMayNotSayIsRefused() throws Exception {
    open(1);
    for (Map.Entry<String, String> each :
        Map.of(
                "name: ../a",
                "name: ../a (expected: letters, digits, '.', '_' and '-': it names the run's"
                    + " folder)",
                "server: far:7070",
                "server: far:7070 (expected: empty, for a run that is submitted starts its own;"
                    + " another would be shown this server's token)",
                "judge: {endpoint: {keyVariable: RLAIF_CONTROL_TOKEN}}",
                "judge.endpoint.keyVariable: RLAIF_CONTROL_TOKEN (expected: a variable that holds an"
                    + " API key)",
                "sfft: {steps: 1}",
                "sfft",
                "sft: {steps: [}",
                "a.yaml: ")
            .entrySet()) {
      UserError e =
          assertThrows(UserError.class, () -> runs.submit("", "a.yaml", each.getKey(), List.of()));
      assertTrue(e.getMessage().contains(each.getValue()), e.getMessage());
      assertFalse(e.getMessage().contains("\n"), e.getMessage());
    }
    for (String name : List.of("../a", "a/b", "..", "/tmp/a", "")) {
      assertThrows(UserError.class, () -> runs.get(name), name);
    }
    assertThrows(UserError.class, () -> runs.submit("../a", "a.yaml", "", List.of()));
    assertThrows(UserError.class, () -> runs.submit("", "a.yaml", "", List.of("name=a/b")));
    try (var inside = Files.list(folder)) {
      assertEquals(List.of(".server.lock"), inside.map(f -> f.getFileName().toString()).toList());
    }
  }

  @Test
  void endsAndGoesOn() throws Exception {
    open(1);
    submit("a");
    submit("b");
    runs.cancel("b").get(1, TimeUnit.SECONDS); // it only waits
    runs.cancel("a").get(20, TimeUnit.SECONDS);
    assertEquals(List.of(State.CANCELLED, State.CANCELLED), states());
    assertEquals(runs.get("a"), submit("a"), "sent again, it stays as it is");
    assertTrue(runs.get("a").is(State.CANCELLED));
    assertTrue(runs.resume("a").is(State.RUNNING));
    end("a", 0);
    await("a has finished", () -> runs.get("a").is(State.FINISHED));
    assertEquals(2, runs.get("a").progression().starts());
    runs.cancel("a").get(1, TimeUnit.SECONDS);
    assertTrue(runs.get("a").is(State.FINISHED), "nothing ends it now");
    refused(
        Status.Code.FAILED_PRECONDITION,
        "run: a, finished (expected: cancelled or failed, to go on)",
        () -> runs.resume("a"));
  }

  /** By somebody else, while the server goes on. */
  @Test
  void aProcessThatIsKilledHasFailed() throws Exception {
    open(1);
    ProcessHandle process = submit("a").process();
    process.destroy();
    await("a has failed", () -> runs.get("a").is(State.FAILED));
    assertEquals("ended by signal 15; its log.txt says more", runs.get("a").progression().reason());
  }

  @Test
  void aServerThatStopsLeavesItsRunsToTheNext() throws Exception {
    open(1);
    submit("a");
    submit("b");
    runs.close();
    refused(
        Status.Code.UNAVAILABLE,
        "the server stops; its runs go on when it is back",
        () -> submit("c"));
    assertEquals(List.of(State.QUEUED, State.QUEUED), states());
    open(1);
    assertEquals(List.of(State.RUNNING, State.QUEUED), states());
    assertEquals(2, runs.get("a").progression().starts());
    UserError e = assertThrows(UserError.class, () -> Runs.open(folder, worker(), 1));
    assertTrue(e.getMessage().contains("no other server takes runs for"), e.getMessage());
  }

  private void open(int atATime) {
    runs = Runs.open(folder, worker(), atATime);
    runs.begin();
  }

  private static Worker worker() {
    return new Worker(List.of("bash", "-c", "shift; " + UNTIL_TOLD, "rlaif"), "");
  }

  private Entry submit(String name) {
    return runs.submit(name, name + ".yaml", "", List.of());
  }

  private void end(String name, int code) throws Exception {
    Files.writeString(folder.resolve(name).resolve("end"), "" + code);
  }

  private List<State> states() {
    return runs.list().stream().map(each -> each.progression().state()).toList();
  }

  private static void refused(Status.Code code, String message, Runnable call) {
    StatusRuntimeException e = assertThrows(StatusRuntimeException.class, call::run);
    assertEquals(code, e.getStatus().getCode());
    assertEquals(message, e.getStatus().getDescription());
  }

  private static void await(String what, BooleanSupplier condition) throws InterruptedException {
    long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() < end, "not within 20 s: " + what);
      Thread.sleep(20);
    }
  }
}
