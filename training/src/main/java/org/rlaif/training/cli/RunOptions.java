package org.rlaif.training.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.rlaif.kit.ConfigFiles;
import org.rlaif.kit.UserError;
import org.rlaif.training.config.RunConfig;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What every command that works on a run takes. */
final class RunOptions {
  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "A setting, such as onPolicy.updates=10. Can be repeated; wins over the file.")
  private List<String> settings = new ArrayList<>();

  @Mixin private RunsFolder runs = new RunsFolder();

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
    return runs.path();
  }

  /**
   * The settings of a run: the defaults, then a file, then these options; what is written with
   * {@code --set} comes last and wins.
   *
   * @param first {@code key=value}, before all options
   */
  RunConfig load(@Nullable Path file, String... first) {
    Map<String, String> options = options();
    List<String> all = new ArrayList<>(List.of(first));
    options.forEach((key, text) -> all.add(ConfigFiles.setting(key, text)));
    if (seed != null) {
      all.add("seed=" + seed);
    }
    all.addAll(settings);
    try {
      return RunConfig.load(file, all);
    } catch (UserError e) {
      throw blamed(e, options.keySet());
    }
  }

  /** By their keys. */
  private Map<String, String> options() {
    Map<String, String> options = new LinkedHashMap<>();
    add(options, "name", name);
    add(options, "model.folder", model);
    add(options, "precision", precision);
    add(options, "device", device);
    return options;
  }

  private static void add(Map<String, String> options, String key, @Nullable String text) {
    if (text != null) {
      options.put(key, text);
    }
  }

  /** What an option has set is not blamed on {@code --set}. */
  private UserError blamed(UserError e, Set<String> keys) {
    String message = String.valueOf(e.getMessage());
    for (String key : keys) {
      String blame = "--set: " + key + ":";
      if (message.startsWith(blame) && settings.stream().noneMatch(s -> s.startsWith(key + "="))) {
        String option = key.equals("model.folder") ? "--model" : "--" + key;
        return new UserError(option + ":" + message.substring(blame.length()), e);
      }
    }
    return e;
  }
}
