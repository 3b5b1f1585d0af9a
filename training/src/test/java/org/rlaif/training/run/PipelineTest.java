package org.rlaif.training.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.rlaif.kit.Json;
import org.rlaif.kit.UserError;
import org.rlaif.training.checkpoint.Checkpoints;

class PipelineTest {
  @TempDir Path runs;

  private TextStages stages;

  @BeforeEach
  void setUp() {
    stages = new TextStages(runs);
  }

  @Test
  void runsEveryStageOnceAndSkipsItAfterwards() {
    String first = stages.run("1", "2", "3");
    assertEquals("sft 1\nreward 2\nppo 3\n", stages.text("ppo"));
    assertTrue(first.lines().anyMatch(line -> line.matches("sft +\\d+\\.\\d s  length 6")), first);

    String second = stages.run("1", "2", "3");
    assertEquals(List.of("sft", "reward", "ppo"), stages.worked);
    assertEquals(3, second.lines().filter(line -> line.endsWith("[finished before]")).count());
  }

  @Test
  void continuesAfterTheLastFinishedStage() {
    stages.breaksIn = "reward";
    assertThrows(IllegalArgumentException.class, () -> stages.run("1", "2", "3"));
    assertFalse(Files.exists(stages.folder().stage("reward")));
    assertEquals(Set.of("sft"), stages.models());

    stages.breaksIn = "";
    stages.run("1", "2", "3");
    assertEquals(List.of("sft", "reward", "reward", "ppo"), stages.worked);
    assertEquals("sft 1\nreward 2\nppo 3\n", stages.text("ppo"));
    assertEquals(Set.of("sft", "reward", "policy"), stages.models());
  }

  @Test
  void whatAFinishedStageHadNotClearedUpIsSwept() throws Exception {
    stages.run("1", "2", "3");
    Path left = Checkpoints.folder(stages.folder().stage("sft"));
    Files.createDirectories(left.resolve("step-0000000002"));
    stages.run("1", "2", "3");
    assertFalse(Files.exists(left));
  }

  @Test
  void aChangedSettingRepeatsItsStageAndThoseBehindIt() {
    stages.run("1", "2", "3");
    stages.replace("1", "changed", "3");
    assertEquals(List.of("sft", "reward", "ppo", "reward", "ppo"), stages.worked);
    assertEquals("sft 1\nreward changed\nppo 3\n", stages.text("ppo"));
    assertFalse(Files.exists(aside("reward")), "the new result is there");
  }

  @Test
  void whatIsFinishedIsNotDiscardedWithoutBeingAskedTo() {
    stages.run("1", "2", "3");
    String refusal = refusal(() -> stages.run("1", "changed", "3"));
    assertEquals(
        stages.folder().typed()
            + ": finished with other settings: reward, ppo (the content of files that they name, or"
            + " another version of rlaif) (expected: --replace to discard and make again: reward,"
            + " ppo; or another --name)",
        refusal);
    assertEquals(List.of("sft", "reward", "ppo"), stages.worked);
    assertEquals(Set.of("sft", "reward", "policy"), stages.models());
    stages.run("1", "2", "3");
    assertEquals(3, stages.worked.size(), "the refused start has changed nothing");
  }

  @Test
  void settingsAreCheckedBeforeTheFirstStageBegins() {
    stages.refuses = "ppo";
    assertEquals("ppo: 3 (expected: something else)", refusal(() -> stages.run("1", "2", "3")));
    assertEquals(List.of(), stages.worked);
    stages.refuses = "";
    stages.run("1", "2", "3");
    stages.checked.clear();
    stages.refuses = "sft";
    stages.run("1", "2", "3");
    assertEquals(List.of(), stages.checked, "what is finished needs no key and no judge any more");
  }

  @Test
  void aReplacementThatBreaksOffLeavesWhatWasThere() {
    stages.run("1", "2", "3");
    stages.breaksIn = "reward";
    assertThrows(IllegalArgumentException.class, () -> stages.replace("1", "changed", "3"));
    stages.breaksIn = "";
    assertEquals("sft 1\nreward 2\n", stages.text("reward"));
    stages.worked.clear();
    stages.run("1", "2", "3");
    assertEquals(List.of(), stages.worked);
  }

  @Test
  void aKilledReplacementIsPutBack() throws Exception {
    stages.run("1", "2", "3");
    killedWhileHanging("changed");
    assertEquals("sft 1\nreward 2\n", Files.readString(aside("reward").resolve("text")));
    assertFalse(Files.exists(stages.folder().stage("reward")));
    assertEquals("", stages.loss("1", "2", "3"), "a plan sees it as it will be");
    assertTrue(stages.loss("1", "changed", "3").contains("reward, ppo"));

    assertTrue(refusal(() -> stages.run("1", "changed", "3")).contains("reward, ppo"));
    assertEquals("sft 1\nreward 2\n", stages.text("reward"));
    assertFalse(Files.exists(aside("reward")));
    stages.worked.clear();
    stages.run("1", "2", "3");
    assertEquals(List.of(), stages.worked);
  }

  @Test
  void everyDamageIsNamedBeforeAnythingRuns() throws IOException {
    stages.run("1", "2", "3");
    Path text = stages.folder().stage("reward").resolve("text");
    Path record = text.resolveSibling("stage.json");
    byte[] whole = Files.readAllBytes(text);
    byte[] noted = Files.readAllBytes(record);
    String other =
        ": other content than when the stage finished (expected: the files restored, or"
            + " --replace to discard and make again: reward)";

    byte[] flipped = whole.clone();
    flipped[3] ^= 1;
    damaged(text, flipped, text + other);
    damaged(text, new byte[whole.length], text + other);
    damaged(
        text,
        Arrays.copyOf(whole, 6), // at a line's end
        text
            + ": 6 bytes, when the stage finished 15 (expected: the files restored, or --replace to"
            + " discard and make again: reward)");
    Files.delete(text);
    assertTrue(refusal(() -> stages.run("1", "2", "3")).startsWith(text + ": missing (expected: "));
    Files.write(text, whole);
    Path extra = Files.writeString(text.resolveSibling("chat_template.jinja"), "x");
    assertTrue(
        refusal(() -> stages.run("1", "2", "3"))
            .startsWith(extra + ": not a file that the stage has left (expected: "));
    Files.delete(extra);
    Files.writeString(text.resolveSibling(".nfs0001"), "a file system's own");

    String json = new String(noted, StandardCharsets.UTF_8);
    damaged(
        record,
        json.replace("\"length\" : 15", "\"length\" : 16").getBytes(StandardCharsets.UTF_8),
        record + other);
    damaged(
        record,
        json.replace("\"seal\"", "\"sael\"").getBytes(StandardCharsets.UTF_8),
        record + other);
    damaged(record, Arrays.copyOf(noted, noted.length - 5), record + other);
    damaged(record, new byte[noted.length], record + other);
    damaged(record, new byte[0], record + other);
    stages.run("1", "2", "3");
    assertEquals(3, stages.worked.size());

    Files.write(text, flipped);
    assertThrows(UserError.class, () -> stages.runOnly("ppo"));
    assertThrows(UserError.class, () -> stages.requireUndamaged());
    stages.replace("1", "2", "3");
    assertEquals(List.of("sft", "reward", "ppo", "reward"), stages.worked);
    assertEquals("sft 1\nreward 2\n", stages.text("reward"));
    Files.writeString(record, "{");
    stages.replace("1", "2", "3");
    assertEquals(List.of("sft", "reward", "ppo", "reward", "reward"), stages.worked);
  }

  private void damaged(Path file, byte[] content, String refusal) throws IOException {
    byte[] before = Files.readAllBytes(file);
    Files.write(file, content);
    assertEquals(refusal, refusal(() -> stages.run("1", "2", "3")));
    Files.write(file, before);
  }

  @Test
  void aRunOfAVersionThatNotedNoHashesGoesOn() throws IOException {
    stages.run("1", "2", "3");
    for (String stage : List.of("sft", "reward", "ppo")) {
      Path file = stages.folder().stage(stage).resolve("stage.json");
      ObjectNode record = (ObjectNode) Json.MAPPER.readTree(file.toFile());
      record.remove(List.of("files", "seal"));
      Files.writeString(file, record.toPrettyString());
    }
    String again = stages.run("1", "2", "3");
    assertEquals(3, again.lines().filter(line -> line.endsWith("[finished before]")).count());
  }

  private static String refusal(Executable start) {
    return String.valueOf(assertThrows(UserError.class, start).getMessage());
  }

  private Path aside(String stage) {
    return stages.folder().path().resolve(stage + ".replaced");
  }

  @Test
  void modelsOfOtherSettingsAreNotServedAnyMore() {
    stages.run("1", "2", "3");
    stages.breaksIn = "reward";
    assertThrows(IllegalArgumentException.class, () -> stages.replace("1", "changed", "3"));
    assertEquals(Set.of("sft"), stages.models());
    assertEquals("sft 1\nreward 2\n", stages.text("reward"), "the old result is still there");
  }

  @Test
  void runsOneStageIfThoseBeforeItAreFinished() {
    assertEquals(
        "reward: the stage before it, sft: not finished with these settings (expected: run rlaif"
            + " sft first, or rlaif run for all of them)",
        assertThrows(UserError.class, () -> stages.runOnly("reward")).getMessage());
    stages.runOnly("sft");
    stages.runOnly("reward");
    assertEquals(List.of("sft", "reward"), stages.worked);
    assertEquals(
        "stage: other (expected: one of sft, reward, ppo in this run)",
        assertThrows(UserError.class, () -> stages.runOnly("other")).getMessage());
  }

  @Test
  void aKilledProcessLeavesNothingThatIsTakenForWhole() throws Exception {
    killedWhileHanging("2");
    assertEquals(1, leftOvers());
    assertFalse(Files.exists(stages.folder().stage("reward")));

    stages.run("1", "2", "3");
    assertEquals(List.of("reward", "ppo"), stages.worked, "sft was finished before the kill");
    assertEquals("sft 1\nreward 2\nppo 3\n", stages.text("ppo"));
    assertEquals(0, leftOvers());
  }

  /** Another process works on the run, with that setting of its second stage, and dies in it. */
  private void killedWhileHanging(String two) throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                TextStages.class.getName(),
                runs.toString(),
                two)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
      assertEquals("hanging", out.readLine());
      UserError inUse = assertThrows(UserError.class, () -> stages.run("1", "2", "3"));
      assertEquals(
          stages.folder().path()
              + ": in use by process "
              + process.pid()
              + " (expected: one process at a time for each run)",
          inUse.getMessage());
    } finally {
      process.destroyForcibly();
    }
    assertTrue(process.waitFor(20, TimeUnit.SECONDS));
  }

  @Test
  void twoRunsInOneProcessDoNotMixEither() {
    try (RunLock lock = RunLock.take(stages.folder().path())) {
      assertTrue(
          String.valueOf(
                  assertThrows(UserError.class, () -> stages.run("1", "2", "3")).getMessage())
              .contains("in use by process " + ProcessHandle.current().pid()));
    }
    stages.run("1", "2", "3");
    assertEquals(3, stages.worked.size());
  }

  private long leftOvers() throws IOException {
    try (Stream<Path> inside = Files.list(stages.folder().path())) {
      return inside.filter(each -> each.getFileName().toString().endsWith(".unfinished")).count();
    }
  }
}
