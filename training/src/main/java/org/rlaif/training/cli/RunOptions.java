package org.rlaif.training.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What every command that works on a run takes. */
final class RunOptions {
  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "A setting, such as ppo.updates=10. Can be repeated; wins over the file.")
  private List<String> settings = new ArrayList<>();

  @Option(
      names = "--runs",
      paramLabel = "FOLDER",
      defaultValue = "runs",
      description = "Where the folders of runs are (default: ${DEFAULT-VALUE}).")
  private Path runs = Path.of("runs");

  @Option(names = "--name", description = "The run's folder in there.")
  private @Nullable String name;

  @Option(names = "--seed", description = "The same seed gives the same figures.")
  private @Nullable Long seed;

  @Option(
      names = "--model",
      paramLabel = "FOLDER|ORG/NAME",
      description = {
        "The model to start from: a folder, or its name on the Hugging Face hub, with @REVISION if",
        "need be."
      })
  private @Nullable String model;

  @Option(
      names = "--precision",
      paramLabel = "fp32|bf16",
      description = "What training multiplies in.")
  private @Nullable String precision;

  @Option(names = "--device", paramLabel = "cpu|cuda:N", description = "Where training computes.")
  private @Nullable String device;

  @Option(
      names = "--replace",
      description = {
        "Finished stages that other settings have made, or that are damaged, may be discarded and",
        "made again. Without it, a start that would do so is refused."
      })
  private boolean replace;

  boolean replace() {
    return replace;
  }

  Path runs() {
    return runs;
  }

  /** All of them as {@code key=value}; what is written with {@code --set} comes last and wins. */
  List<String> settings() {
    List<String> all = new ArrayList<>();
    add(all, "name", name);
    if (seed != null) {
      all.add("seed=" + seed);
    }
    add(all, "model.folder", model);
    add(all, "precision", precision);
    add(all, "device", device);
    all.addAll(settings);
    return all;
  }

  private static void add(List<String> all, String key, @Nullable String text) {
    if (text != null) {
      all.add(key + "='" + text.replace("'", "''") + "'");
    }
  }
}
