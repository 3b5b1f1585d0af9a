package org.rlaif.model;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.rlaif.kit.Json;
import org.rlaif.kit.UserError;
import org.rlaif.model.hub.WeightNames;

/** The weights in a model folder, in the files that {@link WeightNames} tells. */
final class WeightFiles {
  /** From which size on Hugging Face writes another file. */
  static final long MAX_SHARD_BYTES = 5_000_000_000L;

  private WeightFiles() {}

  /**
   * Maps the tensors of a folder that somebody wants, shard after shard; without one of them, a
   * {@link UserError} names what is missing where.
   */
  static Weights map(Path folder, Predicate<String> wanted) {
    if (!WeightNames.areSharded(folder)) {
      return Safetensors.map(folder.resolve(WeightNames.SINGLE), wanted);
    }
    var weights = new Weights();
    var problems = new ArrayList<String>();
    Map<String, SortedSet<String>> shards = WeightNames.shards(folder, wanted);
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
          folder.resolve(WeightNames.INDEX).toString(),
          String.join(", ", problems),
          "shards with the tensors it lists");
    }
    return weights;
  }

  /** Writes weights into a folder that has none: one file, or shards if they are large. */
  static void write(Path folder, Weights weights) {
    write(folder, weights, MAX_SHARD_BYTES);
  }

  /**
   * Fills a shard until the next tensor would exceed the limit; a larger tensor has a shard of its
   * own. The index comes last.
   */
  static void write(Path folder, Weights weights, long maxShardBytes) {
    UserError.require(
        !Files.exists(folder.resolve(WeightNames.SINGLE))
            && !Files.exists(folder.resolve(WeightNames.INDEX)),
        "model folder",
        folder,
        "one without weights");
    List<List<TensorSpec>> shards = split(weights, maxShardBytes);
    if (shards.size() == 1) {
      Safetensors.write(folder.resolve(WeightNames.SINGLE), weights, Map.of());
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
    Json.write(
        folder.resolve(WeightNames.INDEX),
        Map.of("metadata", Map.of("total_size", bytes), WeightNames.MAP, map));
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
