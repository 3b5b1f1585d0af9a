package org.rlaif.training.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.rlaif.client.Credentials;
import org.rlaif.kit.Json;

/** A server for runs in a process of its own. */
final class RunsProcess {
  private static final Pattern LISTENS = Pattern.compile("(?m)^listening on (\\S+:\\d+), for runs");

  private final Process process;
  private final Path runs;
  private final String address;

  private RunsProcess(Process process, Path runs, String address) {
    this.process = process;
    this.runs = runs;
    this.address = address;
  }

  /** Starts one whose runs are in {@code runs} of a folder; it listens. */
  static RunsProcess start(Path folder) throws Exception {
    Path runs = folder.resolve("runs");
    Path log = Files.createTempFile(folder, "server", ".log");
    Process process =
        rlaif(Map.of(), List.of("runs", "serve", "--port", "0", "--runs", runs.toString()))
            .redirectOutput(log.toFile())
            .start();
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (true) {
      String said = Files.readString(log);
      Matcher listens = LISTENS.matcher(said);
      if (listens.find()) {
        return new RunsProcess(process, runs, listens.group(1));
      }
      assertTrue(process.isAlive() && System.nanoTime() < end, said);
      Thread.sleep(20);
    }
  }

  String address() {
    return address;
  }

  /** The process that works on the run tiny. */
  long worker() {
    return Json.object(runs.resolve("tiny/state.json")).get("process").longValue();
  }

  /** Sends it that signal, of which it ends. */
  void end(int signal) throws Exception {
    signal(process.pid(), String.valueOf(signal));
    assertTrue(process.waitFor(60, TimeUnit.SECONDS), "still there");
    assertEquals(128 + signal, process.exitValue());
  }

  static void signal(long process, String signal) throws Exception {
    assertEquals(0, new ProcessBuilder("kill", "-" + signal, "" + process).start().waitFor());
  }

  /** What a command in a process of its own says on both streams. */
  static String rlaif(Map<String, String> tokens, String... words)
      throws IOException, InterruptedException {
    Process process = rlaif(tokens, List.of(words)).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return said;
  }

  private static ProcessBuilder rlaif(Map<String, String> tokens, List<String> words) {
    List<String> command = new ArrayList<>(RunsServeCommand.worker(Rlaif.class).command());
    command.addAll(words);
    var builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().keySet().removeAll(List.of(Credentials.TOKEN, Credentials.CONTROL_TOKEN));
    builder.environment().put("CLASSPATH", RunsServeCommand.worker(Rlaif.class).classPath());
    builder.environment().putAll(tokens);
    return builder;
  }
}
