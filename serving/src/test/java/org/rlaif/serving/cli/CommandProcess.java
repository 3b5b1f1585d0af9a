package org.rlaif.serving.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.rlaif.serving.grpc.Security;

/** Commands in processes of their own. */
final class CommandProcess {
  /** How one ended, and what it said on both streams. */
  record Result(int code, String said) {}

  private CommandProcess() {}

  /** The address of a server, once it listens. */
  static String listening(BufferedReader out) throws IOException {
    return listening(out, new StringBuilder());
  }

  /** The same; takes what it said before. */
  static String listening(BufferedReader out, StringBuilder said) throws IOException {
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      said.append(line).append('\n');
      if (line.startsWith("listening on ")) {
        return line.split(" ", -1)[2];
      }
    }
    throw new AssertionError("the server ended: " + said);
  }

  static Result run(Map<String, String> environment, List<String> words)
      throws IOException, InterruptedException {
    Process process = start(environment, words);
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Result(process.waitFor(), said);
  }

  static Process start(Map<String, String> environment, List<String> words) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    // What newer JDKs want to be told, as the launcher does: they warn on the same stream
    // otherwise.
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(argument -> argument.startsWith("--"))
        .forEach(command::add);
    command.add(ServingMain.class.getName());
    words.forEach(each -> command.addAll(List.of(each.split(" "))));
    var builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().remove(Security.INFERENCE);
    builder.environment().remove(Security.CONTROL);
    builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
    builder.environment().putAll(environment);
    return builder.start();
  }
}
