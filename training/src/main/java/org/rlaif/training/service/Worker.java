package org.rlaif.training.service;

import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.rlaif.client.Credentials;

/**
 * Starts the process that works on a run: {@code rlaif run} with the run's own files. What it says
 * goes to {@value #LOG} in the run's folder.
 *
 * @param command how {@code rlaif} is started: Java, its options and the main class
 * @param classPath of that
 */
public record Worker(List<String> command, String classPath) {
  private static final String LOG = "log.txt";
  private static final String SAYS = "rlaif: ";
  private static final String INTERRUPTED = SAYS + "interrupted; ";
  private static final int SIGNALLED = 128;
  private static final int TAIL_BYTES = 1 << 14;

  public Worker {
    command = List.copyOf(command);
  }

  /** The process neither knows this one's tokens, nor ends when this one is killed. */
  Process start(Submission run, Path runs) throws IOException {
    Path folder = runs.resolve(run.name()).toAbsolutePath();
    List<String> words = new ArrayList<>(command);
    words.addAll(List.of("run", folder.resolve(Submission.YAML).toString()));
    words.addAll(List.of("--runs", runs.toAbsolutePath().toString()));
    run.settings().forEach(each -> words.addAll(List.of("--set", each)));
    // Last, so that nothing else names the folder.
    words.addAll(List.of("--set", "name='" + run.name() + "'"));
    File log = folder.resolve(LOG).toFile();
    var builder =
        new ProcessBuilder(words)
            .redirectInput(new File("/dev/null"))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log));
    builder.environment().keySet().removeAll(List.of(Credentials.TOKEN, Credentials.CONTROL_TOKEN));
    builder.environment().put("CLASSPATH", classPath); // it is long
    return builder.start();
  }

  /** Whether a process that ended so was told to end, as by {@code kill} or Ctrl-C. */
  static boolean wasTold(int exitCode) {
    return List.of(1, 2, 15).contains(exitCode - SIGNALLED);
  }

  /** Why a process has failed, in one line. */
  static String reason(Path folder, int exitCode) {
    String last =
        lastWords(folder.resolve(LOG))
            .lines()
            .filter(line -> line.startsWith(SAYS) && !line.startsWith(INTERRUPTED))
            .reduce("", (before, line) -> line.substring(SAYS.length()));
    if (exitCode == 2 && !last.isEmpty()) { // a mistake that is told in a line
      return last;
    }
    String how =
        exitCode > SIGNALLED
            ? "ended by signal " + (exitCode - SIGNALLED)
            : "ended with exit code " + exitCode;
    return String.format(Locale.ROOT, "%s; its %s says more", how, LOG);
  }

  private static String lastWords(Path log) {
    try (FileChannel file = FileChannel.open(log)) {
      ByteBuffer end = ByteBuffer.allocate((int) Math.min(file.size(), TAIL_BYTES));
      file.read(end, file.size() - end.capacity());
      return StandardCharsets.UTF_8.decode(end.flip()).toString();
    } catch (IOException e) { // then it has said nothing
      return "";
    }
  }
}
