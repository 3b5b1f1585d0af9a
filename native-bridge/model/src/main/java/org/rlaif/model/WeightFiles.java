package org.rlaif.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.rlaif.kit.Json;
import org.rlaif.kit.UserError;

/**
 * The weights in a model folder: {@value #SINGLE}, or shards of it and an index that tells in which
 * one a tensor is, {@value #INDEX}.
 */
public final class WeightFiles {
  public static final String SINGLE = "model.safetensors";
  public static final String INDEX = "model.safetensors.index.json";

  /** From which size on Hugging Face writes another file. */
  static final long MAX_SHARD_BYTES = 5_000_000_000L;

  private static final String MAP = "weight_map";

  private WeightFiles() {}

  /**
   * Maps the tensors of a folder that somebody wants, shard after shard; without one of them, a
   * {@link UserError} names what is missing where.
   */
  public static Weights map(Path folder, Predicate<String> wanted) {
    Path index = folder.resolve(INDEX);
    if (!isSharded(folder)) {
      return Safetensors.map(folder.resolve(SINGLE), wanted);
    }
    var weights = new Weights();
    var problems = new ArrayList<String>();
    Map<String, TreeSet<String>> shards = shards(index, wanted);
    shards.forEach(
        (file, names) -> {
          if (!Files.isRegularFile(folder.resolve(file))) {
            problems.add("missing " + file);
            return;
          }
          Weights shard = Safetensors.map(folder.resolve(file), wanted);
          for (TensorSpec spec : shard.specs()) {
            String name = spec.name();
            if (names.remove(name)) {
              weights.put(spec, shard, name);
            } else {
              problems.add("unknown " + name + " in " + file);
            }
          }
          names.forEach(name -> problems.add("missing " + name + " in " + file));
        });
    if (!problems.isEmpty()) {
      throw UserError.expected(
          index.toString(), String.join(", ", problems), "shards with the tensors it lists");
    }
    return weights;
  }

  /** Whether a folder has weights, all shards of an index included. */
  public static boolean areIn(Path folder) {
    return Files.isRegularFile(folder.resolve(SINGLE))
        || Files.isRegularFile(folder.resolve(INDEX))
            && list(folder).stream().allMatch(Files::isRegularFile);
  }

  /** The files with the weights of a folder, shards in order and the index last. */
  public static List<Path> list(Path folder) {
    if (!isSharded(folder)) {
      return List.of(folder.resolve(SINGLE));
    }
    var files = new ArrayList<Path>();
    shards(folder.resolve(INDEX), name -> true).keySet().forEach(f -> files.add(folder.resolve(f)));
    files.add(folder.resolve(INDEX));
    return files;
  }

  /** Writes weights into a folder that has none: one file, or shards if they are large. */
  public static void write(Path folder, Weights weights) {
    write(folder, weights, MAX_SHARD_BYTES);
  }

  /**
   * Fills a shard until the next tensor would exceed the limit; a larger tensor has a shard of its
   * own. The index comes last.
   */
  static void write(Path folder, Weights weights, long maxShardBytes) {
    UserError.require(
        !Files.exists(folder.resolve(SINGLE)) && !Files.exists(folder.resolve(INDEX)),
        "model folder",
        folder,
        "one without weights");
    List<List<TensorSpec>> shards = split(weights, maxShardBytes);
    if (shards.size() == 1) {
      Safetensors.write(folder.resolve(SINGLE), weights, Map.of());
      return;
    }
    var map = new TreeMap<String, String>();
    long bytes = 0;
    for (int i = 0; i < shards.size(); i++) {
      String file =
          String.format(Locale.ROOT, "model-%05d-of-%05d.safetensors", i + 1, shards.size());
      var shard = new Weights();
      for (TensorSpec spec : shards.get(i)) {
        shard.put(spec, weights, spec.name());
        map.put(spec.name(), file);
        bytes += Safetensors.byteCount(weights, spec);
      }
      Safetensors.write(folder.resolve(file), shard, Map.of());
    }
    Json.write(folder.resolve(INDEX), Map.of("metadata", Map.of("total_size", bytes), MAP, map));
  }

  private static boolean isSharded(Path folder) {
    boolean single = Files.isRegularFile(folder.resolve(SINGLE));
    boolean sharded = Files.isRegularFile(folder.resolve(INDEX));
    UserError.require(single || sharded, "weights in", folder, SINGLE + " or " + INDEX);
    return !single; // as Hugging Face chooses
  }

  /** The wanted tensors of each shard that has some, in order. */
  private static Map<String, TreeSet<String>> shards(Path index, Predicate<String> wanted) {
    JsonNode map;
    try {
      map = Json.MAPPER.readTree(Files.readAllBytes(index)).path(MAP);
    } catch (JsonProcessingException e) {
      throw new UserError(index + ": not JSON (" + e.getOriginalMessage() + ")", e);
    } catch (IOException e) {
      throw new UserError(index + ": cannot be read (" + e.getMessage() + ")", e);
    }
    UserError.require(map.isObject(), index.toString(), MAP + " " + map, "an object");
    var shards = new TreeMap<String, TreeSet<String>>();
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

  private static List<List<TensorSpec>> split(Weights weights, long maxShardBytes) {
    var shards = new ArrayList<List<TensorSpec>>();
    long room = 0;
    for (TensorSpec spec : weights.specs()) {
      long bytes = Safetensors.byteCount(weights, spec);
      if (bytes > room || shards.isEmpty()) {
        shards.add(new ArrayList<>());
        room = maxShardBytes;
      }
      shards.get(shards.size() - 1).add(spec);
      room -= bytes;
    }
    return shards;
  }
}
