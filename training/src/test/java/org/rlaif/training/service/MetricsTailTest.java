package org.rlaif.training.service;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rows of a file that grows, is cut, and moves. */
class MetricsTailTest {
  @TempDir Path folder;
  private final MetricsTail tail = new MetricsTail();
  private Path file;

  @BeforeEach
  void make() {
    file = folder.resolve("metrics.jsonl");
  }

  @Test
  void aRowIsReadOnceItIsWhole() throws IOException {
    assertEquals(List.of(), tail.read(file, 9), "no file yet");
    append("one\ntw");
    assertEquals(List.of("one\n"), tail.read(file, 9));
    append("o\nthree\nfour\n");
    assertEquals(List.of("two\n", "three\n"), tail.read(file, 2));
    assertEquals(List.of("four\n"), tail.read(file, 2));
    assertEquals(List.of(), tail.read(file, 2));
  }

  /** With other seconds, hence other lengths, and beyond where it was, between two looks. */
  @Test
  void whatIsWrittenAgainIsNotReadAgain() throws IOException {
    append("1 0.5s\n2 0.5s\n3 0.5s\n");
    assertEquals(3, tail.read(file, 9).size());
    Files.writeString(file, "1 0.5s\n2 0.25s\n");
    assertEquals(List.of(), tail.read(file, 9), "cut");
    append("3 0.125s\n4 0.5s\n");
    assertEquals(List.of("4 0.5s\n"), tail.read(file, 9));
    Files.writeString(file, "1 0.5s\n2 0.25s\n3 0.1s\n4 0.1s\n5 0.1s\n6 0.1s\n");
    assertEquals(List.of("5 0.1s\n", "6 0.1s\n"), tail.read(file, 9));
  }

  @Test
  void goesOnWhereTheFileHasMovedTo() throws IOException {
    append("1\n2\n");
    assertEquals(2, tail.read(file, 9).size());
    Path moved = Files.move(file, folder.resolve("moved.jsonl"));
    assertEquals(List.of(), tail.read(file, 9));
    Files.writeString(moved, "3\n", StandardOpenOption.APPEND);
    assertEquals(List.of("3\n"), tail.read(moved, 9));
  }

  /** Whatever is cut and when it is looked at: all rows, in their order, each once. */
  @Test
  void readsEveryRowOnce() throws IOException {
    long seed = 7;
    var random = new Random(seed);
    List<Integer> read = new ArrayList<>();
    List<String> written = new ArrayList<>();
    int highest = 0;
    for (int i = 0; i < 500; i++) {
      if (random.nextInt(10) == 0) {
        written = new ArrayList<>(written.subList(0, random.nextInt(written.size() + 1)));
      } else {
        written.add((written.size() + 1) + " " + random.nextInt(100_000) + "\n");
      }
      Files.writeString(file, String.join("", written));
      highest = Math.max(highest, written.size());
      if (random.nextInt(3) == 0) {
        for (String row : tail.read(file, 1 + random.nextInt(4))) {
          read.add(Integer.parseInt(row.substring(0, row.indexOf(' '))));
        }
      }
    }
    for (int i = 0; i < read.size(); i++) {
      assertEquals(i + 1, read.get(i), "seed " + seed);
    }
    assertEquals(true, read.size() > highest / 2, read.size() + " of " + highest);
  }

  private void append(String text) throws IOException {
    Files.writeString(file, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }
}
