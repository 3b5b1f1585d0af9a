package org.rlaif.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.rlaif.kit.Json;
import org.rlaif.kit.UserError;
import org.rlaif.model.DecoderConfig.Head;
import org.rlaif.model.hub.Hub;

/**
 * An adapter on disk as Hugging Face's PEFT keeps it: {@value #CONFIG}, {@value #WEIGHTS}, and the
 * name of its base. Tokenizer files are optional. Ours name a base by its whole path, so that it is
 * found from everywhere, and the way to one nearby in {@code config.json}, so that both can move
 * together.
 */
final class AdapterFolder {
  static final String CONFIG = "adapter_config.json";
  static final String WEIGHTS = "adapter_model.safetensors";

  /** In {@code config.json}: the way from an adapter to its base. */
  static final String WAY = "rlaif_base";

  /** Folders up from an adapter to what it shares with its base; further away there is no way. */
  private static final int NEAR = 4;

  private static final String UP = "..";

  private AdapterFolder() {}

  static boolean isOne(Path folder) {
    return Files.isRegularFile(folder.resolve(CONFIG));
  }

  /** The folder of the model that an adapter was made for. */
  static Path base(Path folder) {
    JsonNode json = Json.object(folder.resolve(CONFIG));
    JsonNode name = json.path(LoraJson.BASE);
    String revision = json.path(LoraJson.REVISION).asText("null");
    Path base = name.isTextual() ? resolve(folder, name.asText(), revision) : folder;
    if (isOne(base)) {
      throw UserError.expected(
          folder.resolve(CONFIG) + ", " + LoraJson.BASE, name, "a model that is no adapter");
    }
    return base;
  }

  /**
   * Where the base is: a path, from the adapter's folder or from where we are; or the way there.
   */
  private static Path resolve(Path folder, String name, String revision) {
    Path place = folder.toAbsolutePath();
    try {
      var candidates = new ArrayList<>(List.of(place.resolve(name), Path.of(name)));
      JsonNode way = Json.objectIfAny(folder.resolve(ConfigJson.FILE)).path(WAY);
      if (way.isTextual() && Path.of(name).isAbsolute()) {
        candidates.add(place.resolve(way.asText()));
      }
      for (Path candidate : candidates) {
        if (!name.isEmpty() && Files.isDirectory(candidate.normalize())) {
          return candidate.normalize();
        }
      }
    } catch (InvalidPathException e) {
      throw new UserError(name + " (expected: a path)", e);
    }
    if (name.matches("[^/.][^/]*/[^/]+")) {
      return Hub.of(System.getenv())
          .resolve(revision.equals("null") ? name : name + "@" + revision);
    }
    throw UserError.expected(
        folder.resolve(CONFIG) + ", " + LoraJson.BASE,
        name,
        "a model folder, whose path counts from the adapter's folder or from where you are, or"
            + " org/name on the hub");
  }

  /**
   * Base and adapter make this network. Where its score is read is said by the adapter's own
   * configuration if there is one, as ours have, else by the base's, which PEFT uses.
   *
   * @param place of the base
   */
  static DecoderConfig decoder(Path folder, Path place, DecoderConfig base) {
    Path own = folder.resolve(ConfigJson.FILE);
    Path config = Files.exists(own) ? own : place.resolve(ConfigJson.FILE);
    return base.withHead(LoraJson.head(fields(folder), base))
        .withScorePadding(ConfigJson.scorePadding(Json.object(config)));
  }

  /**
   * Opens an adapter for a model; a {@link UserError} names all that does not fit.
   *
   * @param place of the base
   */
  static Adapter open(Path folder, Path place, DecoderConfig base, Weights baseWeights) {
    Lora lora = LoraJson.read(fields(folder), base);
    DecoderConfig config = decoder(folder, place, base);
    Weights found = Safetensors.map(folder.resolve(WEIGHTS));
    var factors = new Weights();
    var problems = new ArrayList<String>();
    for (TensorSpec spec : lora.parameters(config)) {
      boolean head = spec.equals(Lora.scoreHead(config));
      if (found.contains(spec.name()) && found.spec(spec.name()).equals(spec)) {
        factors.put(spec, found, spec.name());
      } else if (found.contains(spec.name())) {
        problems.add(
            spec.name() + " " + found.spec(spec.name()).shape() + " is not " + spec.shape());
      } else if (head && base.head() == Head.SCORE) {
        factors.put(spec, baseWeights, config.scoreHead().name());
      } else {
        problems.add("missing " + spec.name() + " " + spec.shape());
      }
    }
    for (TensorSpec spec : found.specs()) {
      if (lora.parameters(config).stream().noneMatch(each -> each.name().equals(spec.name()))) {
        problems.add("unknown " + spec.name() + " " + spec.shape());
      }
    }
    if (!problems.isEmpty()) {
      throw UserError.expected(
          folder.resolve(WEIGHTS).toString(),
          String.join(", ", problems),
          "the tensors of its " + CONFIG + " on top of " + place);
    }
    return new Adapter(lora, factors);
  }

  private static ConfigFields fields(Path folder) {
    return new ConfigFields(CONFIG + ", ", Json.object(folder.resolve(CONFIG)));
  }

  /**
   * Writes an adapter's own two files into a folder, the numbers in fp32.
   *
   * @param folder that is being made
   * @param place where it is going to be
   * @param base the folder of the model that it is made for
   */
  static void write(Path folder, Path place, DecoderConfig config, Adapter adapter, Path base) {
    ObjectNode json = LoraJson.write(adapter.lora(), config);
    String named = Hub.nameOf(base);
    if (named == null) {
      json.put(LoraJson.BASE, base.toAbsolutePath().normalize().toString());
      writeWay(folder.resolve(ConfigJson.FILE), place, base);
    } else {
      String[] parts = named.split("@", 2);
      json.put(LoraJson.BASE, parts[0]).put(LoraJson.REVISION, parts[1]);
    }
    Json.write(folder.resolve(CONFIG), json);
    Safetensors.write(folder.resolve(WEIGHTS), adapter.weights(), Map.of());
  }

  private static void writeWay(Path config, Path place, Path base) {
    Path from = place.toAbsolutePath().normalize();
    Path to = base.toAbsolutePath().normalize();
    if (to.getRoot().equals(from.getRoot())) {
      Path way = from.relativize(to);
      if (way.getNameCount() <= NEAR || !way.getName(NEAR).toString().equals(UP)) {
        Json.write(config, Json.object(config).put(WAY, way.toString()));
      }
    }
  }
}
