package org.rlaif.training.service;

import static org.rlaif.kit.UserError.require;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.rlaif.client.Credentials;
import org.rlaif.kit.AtomicFiles;
import org.rlaif.kit.Json;
import org.rlaif.kit.UserFiles;
import org.rlaif.training.config.RunConfig;
import org.rlaif.training.stages.Stages;

/**
 * A run as it was submitted. In the run's folder its YAML is {@value #YAML}, the rest {@value
 * #RECORD}.
 *
 * @param name of the run, and of its folder
 * @param source what errors call the YAML
 * @param settings {@code key=value}, which win over it
 * @param number the first that was submitted here is 1; who is smaller is first in the queue; 0:
 *     not there yet
 * @param submittedMs since 1970
 */
record Submission(
    String name, String source, String yaml, List<String> settings, long number, long submittedMs) {
  static final String YAML = "submitted.yaml";
  private static final String RECORD = "submission.json";
  private static final long MOST_BYTES = 4 << 20; // whatever is accepted, in UTF-8
  private static final Set<String> TOKENS = Set.of(Credentials.TOKEN, Credentials.CONTROL_TOKEN);

  private record Stored(
      String name, String source, List<String> settings, long number, long submittedMs) {}

  Submission {
    settings = List.copyOf(settings);
  }

  /**
   * Of what somebody sends; what the command line would refuse is refused in the same words.
   *
   * @param run its name; empty: what YAML and settings say
   */
  static Submission of(String run, String source, String yaml, List<String> settings) {
    List<String> all = new ArrayList<>(settings);
    if (!run.isEmpty()) {
      all.add("name='" + run.replace("'", "''") + "'");
    }
    String called = source.isEmpty() ? "configuration" : source;
    RunConfig config = RunConfig.load(called, yaml, all);
    require(
        config.server().isEmpty(),
        "server",
        config.server(),
        "empty, for a run that is submitted starts its own; another would be shown this server's"
            + " token");
    String key = "judge.endpoint.keyVariable";
    String variable = config.byKey().getOrDefault(key, "");
    require(!TOKENS.contains(variable), key, variable, "a variable that holds an API key");
    Stages.of(config);
    return new Submission(config.name(), called, yaml, all, 0, System.currentTimeMillis());
  }

  /** The same with its place in the queue. */
  Submission numbered(long place) {
    return new Submission(name, source, yaml, settings, place, submittedMs);
  }

  /** Its settings, with the defaults of this version. */
  RunConfig config() {
    return RunConfig.load(source, yaml, settings);
  }

  /** Whether all settings are the same, however they are written down. */
  boolean hasContentOf(Submission other) {
    return byKey().equals(other.byKey());
  }

  private Map<String, String> byKey() {
    return config().byKey();
  }

  /** Whether a folder is that of a run that was submitted. */
  static boolean isIn(Path folder) {
    return Files.isRegularFile(folder.resolve(RECORD));
  }

  static Submission read(Path folder) {
    Stored stored = Json.read(folder.resolve(RECORD), Stored.class);
    String yaml = UserFiles.text(folder.resolve(YAML), MOST_BYTES);
    return new Submission(
        stored.name, stored.source, yaml, stored.settings, stored.number, stored.submittedMs);
  }

  /** Writes it into a folder that has nothing else yet. */
  void write(Path folder) {
    AtomicFiles.write(
        folder.resolve(YAML), out -> out.write(yaml.getBytes(StandardCharsets.UTF_8)));
    Json.write(folder.resolve(RECORD), new Stored(name, source, settings, number, submittedMs));
  }
}
