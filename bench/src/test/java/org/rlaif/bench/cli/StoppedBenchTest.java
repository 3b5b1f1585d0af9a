package org.rlaif.bench.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** A measurement that gets SIGTERM. */
final class StoppedBenchTest {
  /** Such a process crashed when ONNX Runtime's environment went before its runs had ended. */
  @Test
  void aRunOfTheGraphUnderWayDoesNoHarm() throws Exception {
    Process process =
        start("--shape small --parts quantization --repeats 1000 --rollout-output 200");
    try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
      String line = out.readLine();
      while (line != null && !line.equals("measuring quantization")) {
        line = out.readLine();
      }
      assertEquals("measuring quantization", line);
      Thread.sleep(2000); // then it runs the graph most of the time
      process.toHandle().destroy();
      String rest = out.lines().collect(Collectors.joining("\n"));
      assertTrue(process.waitFor(30, TimeUnit.SECONDS));
      assertEquals("bench: interrupted; no figures were written", rest);
      assertEquals(128 + 15, process.exitValue());
    } finally {
      process.destroyForcibly();
    }
  }

  private static Process start(String options) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    // What newer JDKs want to be told: they warn on the same stream otherwise.
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(argument -> argument.startsWith("--"))
        .forEach(command::add);
    command.add(BenchCommand.class.getName());
    command.addAll(List.of(options.split(" ", -1)));
    var builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
    return builder.start();
  }
}
