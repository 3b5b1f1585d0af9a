package org.rlaif.training.cli;

import java.nio.file.Path;
import org.rlaif.training.run.RunFolder;
import picocli.CommandLine.Option;

/** Where runs are found. */
final class RunsFolder {
  @Option(
      names = "--runs",
      paramLabel = "FOLDER",
      defaultValue = "runs",
      description = "Where the folders of runs are (default: ${DEFAULT-VALUE}).")
  private Path path = Path.of("runs");

  Path path() {
    return path;
  }

  /** A run that exists, by its folder or its name. */
  RunFolder find(String run) {
    return RunFolder.find(run, path);
  }
}
