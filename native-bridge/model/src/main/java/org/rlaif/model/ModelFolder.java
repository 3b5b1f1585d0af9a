package org.rlaif.model;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.rlaif.kit.AtomicFiles;
import org.rlaif.kit.Json;
import org.rlaif.kit.UserError;

/**
 * A model on disk as Hugging Face keeps it: {@code config.json}, {@code tokenizer.json}, {@code
 * model.safetensors} and small change. Both engines take their weights from here, and so do other
 * people's tools.
 */
public final class ModelFolder implements AutoCloseable {
  private static final String CONFIG = "config.json";
  private static final String TOKENIZER = "tokenizer.json";
  private static final String WEIGHTS = "model.safetensors";
  private static final String TRUNK = "transformer.";

  /** Constants and copies that older files of GPT-2 carry; Hugging Face ignores them as well. */
  private static final Pattern IGNORED =
      Pattern.compile("(.*\\.)?attn\\.(bias|masked_bias)|lm_head\\.weight");

  private final Path path;
  private final DecoderConfig config;
  private final ScoreScale scoreScale;
  private final Tokenizer tokenizer;
  private final Weights weights;

  private ModelFolder(
      Path path,
      DecoderConfig config,
      ScoreScale scoreScale,
      Tokenizer tokenizer,
      Weights weights) {
    this.path = path;
    this.config = config;
    this.scoreScale = scoreScale;
    this.tokenizer = tokenizer;
    this.weights = weights;
  }

  /**
   * Opens a folder whose parts all exist and fit each other; otherwise a {@link UserError} names
   * the first thing that does not.
   */
  public static ModelFolder open(Path folder) {
    if (!Files.isDirectory(folder)) {
      throw UserError.expected("model folder", folder, "a folder that exists");
    }
    JsonNode json = ConfigJson.read(folder.resolve(CONFIG));
    DecoderConfig config = ConfigJson.decoder(json);
    ScoreScale scale = ConfigJson.scoreScale(json);
    Weights weights = weights(folder.resolve(WEIGHTS), config);
    Tokenizer tokenizer = Tokenizer.open(folder.resolve(TOKENIZER));
    try {
      checkTokenizer(config, tokenizer);
    } catch (UserError e) {
      tokenizer.close();
      throw e;
    }
    return new ModelFolder(folder, config, scale, tokenizer, weights);
  }

  /**
   * Writes a whole model folder atomically, in the place of any older one. The tokenizer may come
   * from the folder that is being replaced.
   */
  public static void save(
      Path folder, DecoderConfig config, ScoreScale scale, Path tokenizerJson, Weights weights) {
    if (!weights.specs().equals(config.parameters())) {
      throw new IllegalArgumentException(
          "weights " + weights.specs() + " (expected: " + config.parameters() + ")");
    }
    SpecialTokens special;
    try (Tokenizer tokenizer = Tokenizer.open(tokenizerJson)) {
      checkTokenizer(config, tokenizer);
      special = tokenizer.special();
    }
    AtomicFiles.folder(
        folder,
        inside -> {
          writeJson(inside.resolve(CONFIG), ConfigJson.write(config, scale));
          writeJson(
              inside.resolve("generation_config.json"),
              Json.MAPPER
                  .createObjectNode()
                  .put("bos_token_id", config.bosId())
                  .put("eos_token_id", config.eosId())
                  .put("pad_token_id", config.padId())
                  .put("do_sample", true));
          writeJson(
              inside.resolve("tokenizer_config.json"), special.toJson(config.contextLength()));
          Files.copy(tokenizerJson, inside.resolve(TOKENIZER));
          Safetensors.write(inside.resolve(WEIGHTS), weights, Map.of());
        });
  }

  public Path path() {
    return path;
  }

  /** The {@code tokenizer.json} inside, to {@link #save} the next model with. */
  public Path tokenizerJson() {
    return path.resolve(TOKENIZER);
  }

  public DecoderConfig config() {
    return config;
  }

  /** Closed with this folder. */
  public Tokenizer tokenizer() {
    return tokenizer;
  }

  /** Memory-mapped, in the order of {@link DecoderConfig#parameters()}. */
  public Weights weights() {
    return weights;
  }

  public ScoreScale scoreScale() {
    return scoreScale;
  }

  @Override
  public void close() {
    tokenizer.close();
  }

  /** The file's tensors under their full names; some writers leave the prefix off. */
  private static Weights weights(Path file, DecoderConfig config) {
    Weights found = Safetensors.map(file, name -> !IGNORED.matcher(name).matches());
    var problems = new ArrayList<String>();
    var weights = new Weights();
    var used = new ArrayList<String>();
    for (TensorSpec spec : config.parameters()) {
      String name = spec.name();
      if (!found.contains(name) && name.startsWith(TRUNK)) {
        name = name.substring(TRUNK.length());
      }
      if (!found.contains(name)) {
        problems.add("missing " + spec.name() + " " + spec.shape());
        continue;
      }
      used.add(name);
      List<Long> shape = found.spec(name).shape();
      if (shape.equals(spec.shape())) {
        weights.put(spec, found.bytes(name));
      } else {
        problems.add(name + " " + shape + " is not " + spec.shape());
      }
    }
    for (TensorSpec spec : found.specs()) {
      if (!used.contains(spec.name())) {
        problems.add("unknown " + spec.name() + " " + spec.shape());
      }
    }
    if (!problems.isEmpty()) {
      throw UserError.expected(
          file.toString(), String.join(", ", problems), "the tensors of its " + CONFIG);
    }
    return weights;
  }

  private static void checkTokenizer(DecoderConfig config, Tokenizer tokenizer) {
    tokenizer.bosId().ifPresent(id -> same("bos_token_id", config.bosId(), id));
    same("eos_token_id", config.eosId(), tokenizer.eosId());
    tokenizer.padId().ifPresent(id -> same("pad_token_id", config.padId(), id));
    if (tokenizer.vocabularySize() > config.vocabularySize()) {
      throw UserError.expected(
          "vocab_size",
          config.vocabularySize(),
          ">= " + tokenizer.vocabularySize() + " tokens of the tokenizer");
    }
  }

  private static void same(String key, int inConfig, int inTokenizer) {
    if (inConfig != inTokenizer) {
      throw UserError.expected(key, inConfig, inTokenizer + " as in the tokenizer");
    }
  }

  private static void writeJson(Path file, JsonNode json) throws IOException {
    Json.MAPPER.writerWithDefaultPrettyPrinter().writeValue(file.toFile(), json);
  }
}
