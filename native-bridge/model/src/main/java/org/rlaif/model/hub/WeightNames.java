package org.rlaif.model.hub;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.rlaif.kit.Json;
import org.rlaif.kit.UserError;

/**
 * The names of the files with a model's weights: {@value #SINGLE}, or shards of it and an index
 * that tells in which one a tensor is, {@value #INDEX}.
 */
public final class WeightNames {
  public static final String SINGLE = "model.safetensors";
  public static final String INDEX = "model.safetensors.index.json";

  /** Where an index tells it. */
  public static final String MAP = "weight_map";

  private WeightNames() {}

  /** Whether a folder has weights, all shards of an index included. */
  static boolean areIn(Path folder) {
    return Files.isRegularFile(folder.resolve(SINGLE))
        || (Files.isRegularFile(folder.resolve(INDEX))
            && list(folder).stream().allMatch(Files::isRegularFile));
  }

  /** The files with the weights of a folder, shards in order and the index last. */
  public static List<Path> list(Path folder) {
    if (!areSharded(folder)) {
      return List.of(folder.resolve(SINGLE));
    }
    var files = new ArrayList<Path>();
    shards(folder, name -> true).keySet().forEach(f -> files.add(folder.resolve(f)));
    files.add(folder.resolve(INDEX));
    return files;
  }

  /** Whether there are shards, and not one file; a {@link UserError} if there is neither. */
  public static boolean areSharded(Path folder) {
    boolean single = Files.isRegularFile(folder.resolve(SINGLE));
    boolean sharded = Files.isRegularFile(folder.resolve(INDEX));
    UserError.require(single || sharded, "weights in", folder, SINGLE + " or " + INDEX);
    return !single; // as Hugging Face chooses
  }

  /** The wanted tensors of each shard that has some, in order. */
  public static SortedMap<String, SortedSet<String>> shards(Path folder, Predicate<String> wanted) {
    Path index = folder.resolve(INDEX);
    JsonNode map = Json.object(index).path(MAP);
    UserError.require(map.isObject(), index.toString(), MAP + " " + map, "an object");
    var shards = new TreeMap<String, SortedSet<String>>();
    map.properties()
        .forEach(
            entry -> {
              String file = entry.getValue().asText();
              UserError.require(
                  entry.getValue().isTextual() && file.matches("\\w[\\w.-]*\\.safetensors"),
                  index + ", " + entry.getKey(),
                  entry.getValue(),
                  "the name of a safetensors file in this folder");
              if (wanted.test(entry.getKey())) {
                shards.computeIfAbsent(file, any -> new TreeSet<>()).add(entry.getKey());
              }
            });
    return shards;
  }
}
