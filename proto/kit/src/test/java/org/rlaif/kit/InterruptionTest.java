package org.rlaif.kit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Commands in processes of their own that get signals, with a terminal and without. */
class InterruptionTest {
  private static final String SAID = "tool: interrupted; all is well";

  /** Draws until it is ended; a second bar, because the library closes its terminal with one. */
  static final class Tool {
    public static void main(String[] arguments) throws InterruptedException {
      Progress.start("first", 1, "steps").close();
      Runtime.getRuntime().addShutdownHook(new Thread(() -> System.out.println("hooks ran")));
      try (Interruption told = Interruption.says("tool", "all is well");
          Progress progress = Progress.start("second", 1_000_000, "steps")) {
        System.out.println("ready");
        while (true) {
          progress.step(1);
          Thread.sleep(10);
        }
      }
    }
  }

  private Process process;

  @AfterEach
  void end() {
    if (process != null) {
      process.destroyForcibly();
    }
  }

  /** The bar's library takes signals for itself if it can. */
  @Test
  void controlCEndsABarWithAMessage() throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/script")), "no script(1) to make a terminal");
    List<String> words = new ArrayList<>(List.of("script", "--quiet", "--return", "--command"));
    words.add("exec '" + String.join("' '", tool()) + "'");
    words.add("/dev/null");
    BufferedReader out = start(words);
    StringBuilder said = new StringBuilder();
    while (said.indexOf("second ") < 0) { // the bar is drawn
      int read = out.read();
      assertTrue(read >= 0, "ended: " + said);
      said.append((char) read);
    }
    try (OutputStream keys = process.getOutputStream()) {
      keys.write(3); // what the key sends; the terminal makes SIGINT of it
      keys.flush();
      said.append(out.lines().collect(Collectors.joining("\n")));
    }
    assertTrue(process.waitFor(30, TimeUnit.SECONDS));
    List<String> lines = said.toString().lines().map(String::strip).toList();
    assertTrue(lines.contains(SAID), said.toString());
    assertTrue(said.indexOf("hooks ran") > 0, said.toString());
    assertEquals(128 + 2, process.exitValue(), said.toString());
  }

  @ParameterizedTest
  @CsvSource({"HUP, 1", "INT, 2", "TERM, 15"})
  void aSignalIsAnsweredWithoutATerminal(String signal, int number) throws Exception {
    BufferedReader out = start(tool());
    String line = out.readLine();
    while (!"ready".equals(line)) {
      assertFalse(line == null, "ended");
      line = out.readLine();
    }
    assertEquals(0, new ProcessBuilder("kill", "-" + signal, "" + process.pid()).start().waitFor());
    List<String> lines = out.lines().toList();
    assertTrue(process.waitFor(30, TimeUnit.SECONDS));
    assertTrue(lines.contains(SAID), lines.toString());
    assertEquals(128 + number, process.exitValue());
  }

  /** Whoever started the tests may ignore signals, and children would, too. */
  private static List<String> tool() {
    return List.of(
        "env",
        "--default-signal=HUP,INT,TERM",
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        Tool.class.getName());
  }

  private BufferedReader start(List<String> words) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(words).redirectErrorStream(true);
    builder.environment().put("TERM", "xterm");
    builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
    process = builder.start();
    return process.inputReader(StandardCharsets.UTF_8);
  }
}
