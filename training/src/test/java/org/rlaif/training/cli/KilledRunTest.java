package org.rlaif.training.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run in a process of its own that is killed, again and again, as by {@code kill -9}. */
class KilledRunTest {
  /** After every step, so that no kill is far from one. */
  private static final String SAVED = "checkpointEvery: 1\n";

  @TempDir Path folder;

  @Test
  void continuesAndEndsWithTheFiguresOfAnUndisturbedRun() throws Exception {
    Path yaml =
        Files.writeString(folder.resolve("tiny.yaml"), TinyRun.YAML + TinyRun.POSTS + SAVED);
    long begin = System.nanoTime();
    assertEquals(0, start(yaml, "undisturbed").waitFor(), () -> log("undisturbed"));
    long whole = System.nanoTime() - begin;

    // The first start dies while it starts, later ones in any of the stages.
    int kills = 0;
    for (double part : new double[] {0.1, 0.3, 0.4, 0.5, 0.6, 0.7}) {
      Process process = start(yaml, "killed");
      if (!process.waitFor((long) (part * whole), TimeUnit.NANOSECONDS)) {
        process.destroyForcibly().waitFor();
        kills++;
      }
    }
    assertEquals(0, start(yaml, "killed").waitFor(), () -> log("killed"));

    assertTrue(kills >= 2, "killed " + kills + " times");
    assertEquals(
        TinyRun.timeless(folder.resolve("undisturbed").resolve(TinyRun.NAME)),
        TinyRun.timeless(folder.resolve("killed").resolve(TinyRun.NAME)));
    try (Stream<Path> files = Files.walk(folder.resolve("killed"))) {
      assertEquals(
          List.of(),
          files
              .map(f -> f.getFileName().toString())
              .filter(name -> name.startsWith(".writing-") || name.endsWith(".unfinished"))
              .toList(),
          "what the killed ones left behind is swept up");
    }
  }

  /** Training is saved where it was stopped, and goes on from there to the same weights. */
  @Test
  void goesOnBitByBitAfterItWasStopped() throws Exception {
    String more = TinyRun.YAML.replace("steps: 4", "steps: 400") + TinyRun.POSTS;
    Path yaml = Files.writeString(folder.resolve("tiny.yaml"), more);
    assertEquals(0, start(yaml, "undisturbed").waitFor(), () -> log("undisturbed"));

    Process process = start(yaml, "stopped");
    Path metrics = folder.resolve("stopped/tiny/sft.unfinished/outputs/metrics.jsonl");
    while (!Files.exists(metrics) || Files.size(metrics) < 2000) {
      assertTrue(process.isAlive(), () -> log("stopped"));
      Thread.sleep(5);
    }
    process.destroy(); // SIGTERM
    assertTrue(process.waitFor(60, TimeUnit.SECONDS));
    assertEquals(128 + 15, process.exitValue(), () -> log("stopped"));
    assertTrue(
        log("stopped").contains("\nrlaif: interrupted; sft is saved after this step\n"),
        () -> log("stopped"));
    assertTrue(
        log("stopped").contains("\nrlaif: interrupted; the same command goes on from there\n"),
        () -> log("stopped"));

    assertEquals(0, start(yaml, "stopped").waitFor(), () -> log("stopped"));
    assertTrue(log("stopped").contains("rlaif: sft: goes on after step "), () -> log("stopped"));
    assertEquals(
        TinyRun.timeless(folder.resolve("undisturbed").resolve(TinyRun.NAME)),
        TinyRun.timeless(folder.resolve("stopped").resolve(TinyRun.NAME)));
    for (String file :
        List.of(
            "sft/metrics.jsonl", "sft/model/model.safetensors", "ppo/model/model.safetensors")) {
      assertEquals(
          -1,
          Files.mismatch(
              folder.resolve("undisturbed/tiny").resolve(file),
              folder.resolve("stopped/tiny").resolve(file)),
          file);
    }
  }

  /** By Ctrl-C, say. */
  @Test
  void saysHowToGoOnWhenItIsInterrupted() throws Exception {
    Path yaml = Files.writeString(folder.resolve("tiny.yaml"), TinyRun.YAML + TinyRun.POSTS);
    Process process = start(yaml, "interrupted");
    while (!log("interrupted").contains("\ndata ")) {
      assertTrue(process.isAlive(), () -> log("interrupted"));
      Thread.sleep(10);
    }
    assertEquals(0, new ProcessBuilder("kill", "-INT", "" + process.pid()).start().waitFor());
    assertTrue(process.waitFor(30, TimeUnit.SECONDS));
    assertEquals(128 + 2, process.exitValue(), () -> log("interrupted"));
    assertTrue(
        log("interrupted").endsWith("rlaif: interrupted; the same command goes on from there\n"),
        () -> log("interrupted"));
  }

  private Process start(Path yaml, String runs) throws IOException {
    List<String> command = new ArrayList<>();
    // Whoever started the tests may ignore SIGINT, and children would, too.
    command.addAll(List.of("env", "--default-signal=INT"));
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-Xmx512m",
            "-Dorg.bytedeco.openblas.load=mkl",
            "-Dorg.bytedeco.javacpp.maxPhysicalBytes=8g",
            "-Djava.awt.headless=true",
            "-cp",
            System.getProperty("java.class.path"),
            Rlaif.class.getName(),
            "run",
            yaml.toString(),
            "--runs",
            folder.resolve(runs).toString()));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve(runs + ".log").toFile()))
        .start();
  }

  private String log(String runs) {
    try {
      return Files.readString(folder.resolve(runs + ".log"));
    } catch (IOException e) {
      return "no output: " + e;
    }
  }
}
