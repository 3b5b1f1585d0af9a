package org.rlaif.serving.cli;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.rlaif.kit.Json;
import org.rlaif.kit.StageFiles;
import org.rlaif.kit.UserError;
import org.rlaif.model.hub.Hub;

/**
 * Which model folders an argument means: those that a run's {@code models.json} names, relative to
 * the run, or one model folder under its own name or a given one ({@code NAME=FOLDER}); a folder
 * that is not here may be a model's name on the hub.
 */
final class RunModels {
  static final String INDEX = "models.json";

  private RunModels() {}

  static boolean isRun(Path folder) {
    return Files.isRegularFile(folder.resolve(INDEX));
  }

  static Map<String, Path> of(List<String> arguments) {
    Map<String, Path> models = new LinkedHashMap<>();
    for (String argument : arguments) {
      of(argument)
          .forEach(
              (name, folder) -> {
                Path other = models.put(name, folder);
                UserError.require(
                    other == null,
                    "model " + name,
                    other + " and " + folder,
                    "names that differ; give another one with NAME=FOLDER");
              });
    }
    return models;
  }

  private static Map<String, Path> of(String argument) {
    int equals = argument.indexOf('=');
    if (equals > 0) {
      return Map.of(argument.substring(0, equals), hub().resolve(argument.substring(equals + 1)));
    }
    Path folder = Path.of(argument);
    if (isRun(folder)) {
      return index(folder);
    }
    if (Files.isRegularFile(folder.resolve("config.json"))
        || Files.isRegularFile(folder.resolve("adapter_config.json"))) {
      Path name = folder.toAbsolutePath().normalize().getFileName();
      return Map.of(String.valueOf(name), folder);
    }
    if (Files.exists(folder) || !argument.contains("/")) {
      throw UserError.expected(
          "folder",
          folder,
          "a run (with " + INDEX + "), a model folder (with config.json), or org/name on the hub");
    }
    String name = argument.substring(argument.indexOf('/') + 1).replaceFirst("@.*", "");
    return Map.of(name, hub().resolve(argument));
  }

  private static Hub hub() {
    return Hub.of(System.getenv());
  }

  private static Map<String, Path> index(Path run) {
    Path file = run.resolve(INDEX);
    JsonNode index = Json.read(file, JsonNode.class);
    UserError.require(
        index.isObject() && !index.isEmpty(), file.toString(), index, "model folders by name");
    Map<String, Path> models = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> entry : index.properties()) {
      JsonNode folder = entry.getValue();
      UserError.require(
          folder.isTextual(), file + ", " + entry.getKey(), folder, "a folder relative to the run");
      Path model = run.resolve(folder.asText());
      requireWhole(model);
      models.put(entry.getKey(), model);
    }
    return models;
  }

  /** Refuses a model whose files are not those that the run's stage has left. */
  private static void requireWhole(Path model) {
    Path stage = model.resolveSibling("");
    Path record = stage.resolve(StageFiles.RECORD);
    if (!Files.isRegularFile(record)) {
      return; // not made by a run
    }
    JsonNode files = Json.read(record, JsonNode.class).path(StageFiles.KEY);
    if (!files.isObject()) {
      return; // by a version that noted none
    }
    Map<String, StageFiles.Stored> left;
    try {
      left =
          Json.MAPPER
              .readerFor(new TypeReference<Map<String, StageFiles.Stored>>() {})
              .readValue(files);
    } catch (IOException e) {
      throw new UserError(record + ": other content than when the stage finished", e);
    }
    StageFiles.damage(stage, model.getFileName() + "/", left).stream()
        .findFirst()
        .ifPresent(
            line -> {
              throw new UserError(
                  line
                      + " (expected: what the stage has left; restore it, or make it again with"
                      + " rlaif run --replace)");
            });
  }
}
