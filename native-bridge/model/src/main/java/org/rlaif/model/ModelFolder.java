package org.rlaif.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.rlaif.kit.AtomicFiles;
import org.rlaif.kit.Json;
import org.rlaif.kit.UserError;
import org.rlaif.model.DecoderConfig.Head;
import org.rlaif.model.hub.WeightNames;
import org.rlaif.model.text.ChatTemplate;
import org.rlaif.model.text.Tokenizer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A model on disk as Hugging Face keeps it: {@code config.json}, {@code tokenizer.json}, {@code
 * model.safetensors} and small change. Both engines take their weights from here, and so do other
 * people's tools.
 *
 * <p>Wherever there can be a model folder there can be one of an {@link Adapter}: it opens as the
 * model that base and adapter make together, with the base's tokenizer unless it has its own.
 */
public final class ModelFolder implements AutoCloseable {
  private static final String CONFIG = ConfigJson.FILE;
  private static final String TOKENIZER = "tokenizer.json";

  /** What a model takes over from the one that it was made of. */
  private static final List<String> COMPANIONS =
      List.of(
          TOKENIZER,
          "tokenizer_config.json",
          "generation_config.json",
          "special_tokens_map.json",
          "added_tokens.json",
          "vocab.json",
          "merges.txt",
          "tokenizer.model",
          ChatTemplate.FILE);

  /** Constants that older files carry; Hugging Face ignores them as well. */
  private static final Pattern CONSTANTS =
      Pattern.compile("(.*\\.)?(attn|attention)\\.(bias|masked_bias)|.*rotary_emb\\.inv_freq");

  /**
   * What TRL's PPO leaves beside a language model (AutoModelForCausalLMWithValueHead): a head that
   * only its own training reads.
   */
  private static final Pattern VALUE_HEAD = Pattern.compile("v_head\\.summary\\.(weight|bias)");

  /** What the names of the language model begin with where it was saved together with that head. */
  private static final String WRAPPED = "pretrained_model.";

  private static final Logger LOG = LoggerFactory.getLogger(ModelFolder.class);

  private final Path path;
  private final DecoderConfig config;
  private final ScoreScale scoreScale;
  private final Tokenizer tokenizer;
  private final Weights weights;
  private final @Nullable Adapter adapter;
  private final @Nullable ModelFolder base;

  private ModelFolder(
      Path path,
      DecoderConfig config,
      ScoreScale scoreScale,
      Tokenizer tokenizer,
      Weights weights,
      @Nullable Adapter adapter,
      @Nullable ModelFolder base) {
    this.path = path;
    this.config = config;
    this.scoreScale = scoreScale;
    this.tokenizer = tokenizer;
    this.weights = weights;
    this.adapter = adapter;
    this.base = base;
  }

  /**
   * Opens a folder whose parts all exist and fit each other; otherwise a {@link UserError} names
   * the first thing that does not.
   */
  public static ModelFolder open(Path folder) {
    if (!Files.isDirectory(folder)) {
      throw UserError.expected("model folder", folder, "a folder that exists");
    }
    return AdapterFolder.isOne(folder)
        ? openAdapter(folder)
        : open(folder, folder.resolve(TOKENIZER));
  }

  private static ModelFolder open(Path folder, Path tokenizerJson) {
    JsonNode json = Json.object(folder.resolve(CONFIG));
    DecoderConfig described = ConfigJson.decoder(json);
    InertKeys.log(folder.resolve(CONFIG), json);
    ScoreScale scale = ConfigJson.scoreScale(json);
    NamedIds.check(folder, described.vocabularySize());
    NamedIds.check(tokenizerJson.resolveSibling(""), described.vocabularySize());
    Weights found = unwrapped(WeightFiles.map(folder, name -> isWanted(name, described)));
    DecoderConfig config = hasOwnHead(described, found) ? described.untied() : described;
    Weights weights = weights(folder, config, found);
    Tokenizer tokenizer = Tokenizer.open(tokenizerJson);
    try {
      checkVocabulary(config, tokenizer);
    } catch (UserError e) {
      tokenizer.close();
      throw e;
    }
    return new ModelFolder(folder, config, scale, tokenizer, weights, null, null);
  }

  private static ModelFolder openAdapter(Path folder) {
    ModelFolder base = open(AdapterFolder.base(folder), tokenizerJson(folder));
    try {
      Adapter adapter = AdapterFolder.open(folder, base.path(), base.config(), base.weights());
      DecoderConfig config = AdapterFolder.decoder(folder, base.path(), base.config());
      Path json = folder.resolve(CONFIG);
      return new ModelFolder(
          folder,
          config,
          Files.exists(json) ? ConfigJson.scoreScale(Json.object(json)) : base.scoreScale(),
          base.tokenizer(),
          adapter.lora().over(base.weights(), config, adapter.weights()),
          adapter,
          base);
    } catch (RuntimeException e) {
      base.close();
      throw e;
    }
  }

  /** The network of a model folder, or of an adapter's, of which nothing else is opened. */
  public static DecoderConfig describe(Path folder) {
    if (!AdapterFolder.isOne(folder)) {
      return ConfigJson.decoder(Json.object(folder.resolve(CONFIG)));
    }
    Path base = AdapterFolder.base(folder);
    return AdapterFolder.decoder(folder, base, describe(base));
  }

  /**
   * Writes a whole model folder atomically, in the place of any older one. The tokenizer, with the
   * chat template beside it if there is one, may come from the folder that is being replaced.
   */
  public static void save(
      Path folder, DecoderConfig config, ScoreScale scale, Path tokenizerJson, Weights weights) {
    weights.require("weights", config.parameters());
    ObjectNode json;
    ObjectNode tokenizerConfig;
    try (Tokenizer tokenizer = Tokenizer.open(tokenizerJson)) {
      checkVocabulary(config, tokenizer);
      json = ConfigWriter.write(config, tokenizer, weights.dtype(config.embedding().name()));
      tokenizerConfig = tokenizer.configJson(config.contextLength());
      ConfigWriter.head(json, config, scale, tokenizer);
    }
    ObjectNode generation = Json.MAPPER.createObjectNode().put("do_sample", true);
    for (String id : List.of("bos_token_id", "eos_token_id", "pad_token_id")) {
      if (json.has(id)) {
        generation.set(id, json.get(id));
      }
    }
    AtomicFiles.folder(
        folder,
        inside -> {
          writeJson(inside.resolve(CONFIG), json);
          writeJson(inside.resolve("generation_config.json"), generation);
          writeJson(inside.resolve("tokenizer_config.json"), tokenizerConfig);
          Files.copy(tokenizerJson, inside.resolve(TOKENIZER));
          Path template = tokenizerJson.resolveSibling(ChatTemplate.FILE);
          if (Files.exists(template)) {
            Files.copy(template, inside.resolve(ChatTemplate.FILE));
          }
          WeightFiles.write(inside, weights);
        });
  }

  /**
   * Writes a model that was made of this one, atomically, in the place of any older folder: its
   * configuration and its tokenizer say all that this one's say, and its tensors are stored in the
   * same precision.
   *
   * @param config this one's, perhaps with another head, or with one apart from the embedding
   */
  public void saveSuccessor(Path folder, DecoderConfig config, ScoreScale scale, Weights weights) {
    weights.require("weights", config.parameters());
    Map<String, Dtype> dtypes = this.weights.dtypes();
    Dtype first = this.weights.dtype(config.embedding().name());
    dtypes.putIfAbsent(config.scoreHead().name(), first);
    dtypes.putIfAbsent(config.languageModelHead().name(), first);
    AtomicFiles.folder(
        folder,
        inside -> {
          writeSuccessor(inside, config, scale);
          WeightFiles.write(inside, weights.storedAs(dtypes));
        });
  }

  /** Everything but the weights: configuration, tokenizer and chat template. */
  public void copyDescription(Path into) throws IOException {
    if (adapter == null) {
      Files.copy(path.resolve(CONFIG), into.resolve(CONFIG));
      copyCompanions(path, into);
    } else {
      writeSuccessor(into, config, scoreScale);
    }
  }

  /**
   * Writes an adapter for this model, or for the base of this one's adapter, as {@link
   * #saveSuccessor} writes a whole model. Its {@code config.json} is the adapted model's; PEFT,
   * which does not read it, takes the other files.
   *
   * @param config this one's, perhaps with another head
   * @param weights the adapter's {@link Lora#parameters}
   */
  public void saveAdapter(
      Path folder, DecoderConfig config, ScoreScale scale, Lora lora, Weights weights) {
    Adapter made = new Adapter(lora, weights);
    lora.over(base().weights(), config, weights); // all fits
    AtomicFiles.folder(
        folder,
        inside -> {
          writeSuccessor(inside, config, scale);
          AdapterFolder.write(inside, folder, config, made, base().path());
        });
  }

  private void writeSuccessor(Path folder, DecoderConfig config, ScoreScale scale)
      throws IOException {
    ObjectNode json = Json.object(base().path().resolve(CONFIG));
    ConfigWriter.head(json, config, scale, tokenizer);
    writeJson(folder.resolve(CONFIG), json);
    copyCompanions(path, folder);
  }

  /**
   * Copies the tokenizer and all that belongs to it from one folder to another; for an adapter
   * without a tokenizer those of its base.
   */
  public static void copyCompanions(Path from, Path to) throws IOException {
    Path tokenizer = tokenizerJson(from);
    for (String companion : COMPANIONS) {
      Path source = tokenizer.resolveSibling(companion);
      if (Files.exists(source)) {
        Files.copy(source, to.resolve(companion));
      }
    }
  }

  /** The files that decide what a model, or an adapter and its base, answer. */
  public static List<Path> files(Path folder) {
    var files = new ArrayList<Path>();
    files.add(folder.resolve(AdapterFolder.isOne(folder) ? AdapterFolder.CONFIG : CONFIG));
    if (AdapterFolder.isOne(folder)) {
      files.add(folder.resolve(AdapterFolder.WEIGHTS));
      files.addAll(files(AdapterFolder.base(folder)));
    } else {
      files.addAll(WeightNames.list(folder));
    }
    return files;
  }

  public Path path() {
    return path;
  }

  /** The {@code tokenizer.json} inside, to {@link #save} the next model with. */
  public Path tokenizerJson() {
    return tokenizerJson(path);
  }

  /** The {@code tokenizer.json} of a model folder, or of an adapter's, which may be its base's. */
  public static Path tokenizerJson(Path folder) {
    Path own = folder.resolve(TOKENIZER);
    return Files.exists(own) || !AdapterFolder.isOne(folder)
        ? own
        : tokenizerJson(AdapterFolder.base(folder));
  }

  /** The adapter, if this is the folder of one. */
  public @Nullable Adapter adapter() {
    return adapter;
  }

  /** The model that an adapter's folder names, otherwise this one. */
  public ModelFolder base() {
    return base == null ? this : base;
  }

  public DecoderConfig config() {
    return config;
  }

  /** Closed with this folder. */
  public Tokenizer tokenizer() {
    return tokenizer;
  }

  /** Read anew; an adapter that has none has its base's. */
  public Optional<ChatTemplate> chatTemplate() {
    return chatTemplate(LocalDateTime::now);
  }

  Optional<ChatTemplate> chatTemplate(Supplier<LocalDateTime> now) {
    Optional<ChatTemplate> own = ChatTemplate.of(path, now);
    return base == null ? own : own.or(() -> base.chatTemplate(now));
  }

  /**
   * Memory-mapped, in the order of {@link DecoderConfig#parameters()}; what an adapter adds, it
   * adds when they are read.
   */
  public Weights weights() {
    return weights;
  }

  public ScoreScale scoreScale() {
    return scoreScale;
  }

  @Override
  public void close() {
    tokenizer.close(); // an adapter and its base have the same one
  }

  /**
   * Whether there is a language-model head that differs from the embedding, though they are said to
   * be one. Then transformers uses both.
   */
  private static boolean hasOwnHead(DecoderConfig config, Weights found) {
    String head = head(config);
    String embedding = name(config.embedding(), config, found);
    return config.tied()
        && found.contains(head)
        && found.contains(embedding)
        && !found.areSame(head, embedding);
  }

  private static String head(DecoderConfig config) {
    return config.family().names().head() + ".weight";
  }

  /** What a tensor is called in a file; some writers leave the prefix off. */
  private static String name(TensorSpec spec, DecoderConfig config, Weights found) {
    String trunk = config.family().names().trunk();
    return found.contains(spec.name()) || !spec.name().startsWith(trunk)
        ? spec.name()
        : spec.name().substring(trunk.length());
  }

  /** The file's tensors under their full names. A tied embedding may be there as a head alone. */
  private static Weights weights(Path folder, DecoderConfig config, Weights found) {
    var problems = new ArrayList<String>();
    var weights = new Weights();
    var used = new ArrayList<String>();
    if (config.tied()) {
      used.add(head(config));
    }
    for (TensorSpec spec : config.parameters()) {
      String name = name(spec, config, found);
      if (!found.contains(name) && config.tied() && spec.equals(config.embedding())) {
        name = head(config);
      }
      if (!found.contains(name)) {
        problems.add("missing " + spec.name() + " " + spec.shape());
        continue;
      }
      used.add(name);
      List<Long> shape = found.spec(name).shape();
      if (shape.equals(spec.shape())) {
        weights.put(spec, found, name);
      } else {
        problems.add(name + " " + shape + " is not " + spec.shape());
      }
    }
    var skipped = new ArrayList<String>();
    for (TensorSpec spec : found.specs()) {
      if (config.head() == Head.LANGUAGE_MODEL && VALUE_HEAD.matcher(spec.name()).matches()) {
        skipped.add(spec.name());
      } else if (!used.contains(spec.name())) {
        problems.add("unknown " + spec.name() + " " + spec.shape());
      }
    }
    if (!problems.isEmpty()) {
      throw UserError.expected(
          WeightNames.list(folder).get(0).toString(),
          String.join(", ", problems),
          "the tensors of its " + CONFIG);
    }
    if (!skipped.isEmpty()) {
      LOG.info(
          "{}: skipped {} (a value head, for training alone)", folder, String.join(", ", skipped));
    }
    return weights;
  }

  /** The same tensors, without what says that the model was saved within another. */
  private static Weights unwrapped(Weights found) {
    var weights = new Weights();
    for (TensorSpec spec : found.specs()) {
      String name = spec.name();
      String bare = name.startsWith(WRAPPED) ? name.substring(WRAPPED.length()) : name;
      boolean twice = !bare.equals(name) && found.contains(bare);
      weights.put(new TensorSpec(twice ? name : bare, spec.shape()), found, name);
    }
    return weights;
  }

  /** A language-model head beside a score head is another model's. */
  private static boolean isWanted(String name, DecoderConfig config) {
    boolean unusedHead = config.head() == Head.SCORE && name.equals(head(config));
    return !unusedHead && !CONSTANTS.matcher(name).matches();
  }

  private static void checkVocabulary(DecoderConfig config, Tokenizer tokenizer) {
    if (tokenizer.vocabularySize() > config.vocabularySize()) {
      throw UserError.expected(
          "vocab_size",
          config.vocabularySize(),
          ">= " + tokenizer.vocabularySize() + " tokens of the tokenizer");
    }
  }

  private static void writeJson(Path file, JsonNode json) throws IOException {
    Json.MAPPER.writerWithDefaultPrettyPrinter().writeValue(file.toFile(), json);
  }
}
