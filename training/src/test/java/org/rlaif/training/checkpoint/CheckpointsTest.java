package org.rlaif.training.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointsTest {
  record State(long step, double sum) {}

  @TempDir Path run;

  private final List<String> said = new ArrayList<>();

  @Test
  void outputsAreThoseOfTheStepThatIsGoneOnFrom() throws IOException {
    work(open("a"), 1, 5);
    Checkpoints again = open("a");
    assertEquals(4, again.newest().orElseThrow().step());
    assertEquals(new State(4, 0.1 * 4), again.newest().orElseThrow().state(State.class));
    assertEquals("tensor 4", Files.readString(again.newest().orElseThrow().stored().resolve("t")));
    assertEquals("1\n2\n3\n4\n", Files.readString(again.outputs().resolve("metrics")));
    assertFalse(Files.exists(again.outputs().resolve("rollout-5")), "begun since");
    assertEquals(List.of(), said);

    work(again, 5, 8);
    assertEquals("1\n2\n3\n4\n5\n6\n7\n8\n", Files.readString(again.outputs().resolve("metrics")));
    assertEquals(List.of("outputs", "step-0000000006", "step-0000000008"), inside());
  }

  @Test
  void ofADamagedOneTheOneBeforeIsTaken() throws IOException {
    work(open("a"), 1, 4);
    Path tensor = folder().resolve("step-0000000004/stored/t");
    Files.writeString(tensor, "tensor 5");
    assertEquals(2, open("a").newest().orElseThrow().step());
    assertEquals(
        List.of(
            tensor
                + ": other content than when the stage finished; what was saved before it is"
                + " taken"),
        said);
    assertEquals("1\n2\n", Files.readString(open("a").outputs().resolve("metrics")));

    Files.writeString(folder().resolve("step-0000000002/checkpoint.json"), "{");
    Checkpoints none = open("a");
    assertEquals(Optional.empty(), none.newest());
    try (Stream<Path> left = Files.list(none.outputs())) {
      assertEquals(0, left.count(), "begins with nothing");
    }
  }

  @Test
  void outputsThatWereChangedAreNoticed() throws IOException {
    work(open("a"), 1, 3);
    Files.writeString(folder().resolve("outputs/rollout-1"), "rollout 7");
    assertEquals(Optional.empty(), open("a").newest());
    assertTrue(said.get(0).startsWith(folder().resolve("outputs/rollout-1") + ": "), said.get(0));
  }

  @Test
  void thoseOfOtherSettingsAreKnownAndNotGoneOnFrom() throws IOException {
    work(open("a"), 1, 3);
    assertEquals(Optional.empty(), Checkpoints.foreign(run.resolve("sft"), "a"));
    assertEquals(Optional.of(2L), Checkpoints.foreign(run.resolve("sft"), "b"));
    assertEquals(Optional.empty(), open("b").newest());
    assertEquals(Optional.empty(), Checkpoints.foreign(run.resolve("sft"), "b"));
  }

  @Test
  void whatAKilledProcessWasWritingIsSwept() throws IOException {
    work(open("a"), 1, 3);
    Files.createDirectory(folder().resolve(".writing-step-0000000004-x"));
    Path outputs = folder().resolve("outputs");
    Files.createDirectories(outputs.resolve("model"));
    Files.writeString(outputs.resolve("model/.writing-config.json-x"), "{");
    Files.writeString(outputs.resolve(".writing-stage.json-x"), "{");
    Files.writeString(outputs.resolve("stage.json"), "{}");
    assertEquals(2, open("a").newest().orElseThrow().step());
    assertEquals(List.of("outputs", "step-0000000002"), inside());
    try (Stream<Path> left = Files.list(outputs)) {
      assertEquals(
          List.of("metrics", "rollout-1", "rollout-2"),
          left.map(each -> each.getFileName().toString()).sorted().toList());
    }
  }

  /** Each step writes a line and a file of its own; every second one is saved. */
  private static void work(Checkpoints checkpoints, int from, int to) throws IOException {
    Path outputs = checkpoints.outputs();
    for (int i = from; i <= to; i++) {
      int step = i;
      Files.writeString(
          outputs.resolve("metrics"),
          step + "\n",
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
      Files.writeString(outputs.resolve("rollout-" + step), "rollout " + step);
      checkpoints.after(
          step,
          () -> new State(step, 0.1 * step),
          folder -> Files.writeString(folder.resolve("t"), "tensor " + step));
    }
  }

  private Checkpoints open(String fingerprint) {
    return Checkpoints.of(run.resolve("sft"), fingerprint, /* every= */ 2, said::add);
  }

  private Path folder() {
    return run.resolve("sft.unfinished");
  }

  private List<String> inside() throws IOException {
    try (Stream<Path> inside = Files.list(folder())) {
      return inside.map(each -> each.getFileName().toString()).sorted().toList();
    }
  }
}
