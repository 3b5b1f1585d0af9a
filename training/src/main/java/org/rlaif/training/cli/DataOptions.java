package org.rlaif.training.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.rlaif.training.config.RunConfig;
import picocli.CommandLine.Option;

/** How data files are read without a run. */
final class DataOptions {
  @Option(
      names = "--config",
      paramLabel = "FILE.yaml",
      description = "A run's settings, for columns, layout, template and the like.")
  private @Nullable Path config;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "A setting, such as data.columns.prompt=question. Can be repeated.")
  private List<String> settings = new ArrayList<>();

  /** Whether a run's settings were given. */
  boolean isConfigured() {
    return config != null;
  }

  /**
   * As they are set.
   *
   * @param files to read; none: those that are configured
   * @param more settings, which those that were typed win over
   */
  RunConfig load(List<String> files, List<String> more) {
    List<String> all = settings(files);
    all.addAll(more);
    all.addAll(settings);
    return RunConfig.load(config, all);
  }

  /** Those that files alone are read with; none: the files that are configured. */
  private static List<String> settings(List<String> files) {
    List<String> all = new ArrayList<>(List.of("data.source=files", "evaluation.judge=configured"));
    if (!files.isEmpty()) {
      all.add(
          "data.files="
              + files.stream()
                  .map(file -> "'" + file.replace("'", "''") + "'")
                  .collect(Collectors.joining(", ", "[", "]")));
      all.addAll(List.of("data.validationFiles=[]", "data.testFiles=[]"));
    }
    return all;
  }
}
