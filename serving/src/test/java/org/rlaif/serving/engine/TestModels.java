package org.rlaif.serving.engine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.rlaif.model.Attention;
import org.rlaif.model.DecoderConfig;
import org.rlaif.model.DecoderConfig.Head;
import org.rlaif.model.Family;
import org.rlaif.model.Golden;
import org.rlaif.model.Mlp;
import org.rlaif.model.ModelFolder;
import org.rlaif.model.Norm;
import org.rlaif.model.Rotary;
import org.rlaif.model.ScoreScale;
import org.rlaif.model.TensorSpec;
import org.rlaif.model.Weights;
import org.rlaif.model.text.BpeTrainer;
import org.rlaif.serving.graph.ComputeConfig;
import org.rlaif.serving.sampling.Vocabulary;
import org.rlaif.serving.score.ScoringConfig;

/** Model folders with random weights. */
public final class TestModels {
  /** Two layers, 32 wide, context 64. */
  public static final DecoderConfig TINY = DecoderConfig.gpt2(300, 64, 32, 2, 2, 128);

  /** Room for conversations, and for the words of all tokenizers with a chat template. */
  public static final DecoderConfig TALKING = DecoderConfig.gpt2(430, 256, 16, 2, 2, 32);

  /** The shape of the quickstart's policy. */
  public static final DecoderConfig SMALL = DecoderConfig.gpt2(768, 128, 96, 4, 4, 384);

  /** Llama 3's shape, small: rotary positions, three heads of queries to one of keys. */
  public static final DecoderConfig LLAMA =
      rotary(Family.LLAMA, new Attention(6, 2, 16, false, false, false, 0), 16, false);

  /** Qwen3's: the same, with normed queries and keys. */
  public static final DecoderConfig QWEN =
      rotary(Family.QWEN3, new Attention(4, 2, 16, false, false, true, 0), 16, false);

  /** Mistral's, with a window of 20 tokens. */
  public static final DecoderConfig MISTRAL =
      rotary(Family.MISTRAL, new Attention(4, 2, 8, false, false, false, 20), 8, false);

  /** Pythia's: attention and MLP beside each other, a quarter of a head turned. */
  public static final DecoderConfig PYTHIA =
      rotary(Family.GPT_NEOX, new Attention(3, 3, 16, true, true, false, 0), 4, true);

  /** Qwen3's with heads of 20 numbers, which the cache widens to 24. */
  public static final DecoderConfig WIDENED =
      rotary(Family.QWEN3, new Attention(4, 2, 20, false, false, true, 0), 20, false);

  private static DecoderConfig rotary(
      Family family, Attention attention, int turned, boolean neox) {
    return new DecoderConfig(
        family,
        300,
        96,
        48,
        2,
        neox ? Norm.Kind.LAYER : Norm.Kind.ROOT_MEAN_SQUARE,
        1e-5,
        attention,
        new Rotary(turned, 10_000, null),
        new Mlp(80, neox ? Mlp.Activation.GELU : Mlp.Activation.SILU, !neox, neox),
        neox,
        /* tied= */ !neox,
        Head.LANGUAGE_MODEL,
        DecoderConfig.NO_PADDING,
        /* scores= */ 1);
  }

  /** Special tokens of their tokenizers. */
  public static final int PADDING = 0;

  public static final int END = 1;
  public static final int BEGINNING = 2;

  private static final List<String> TEXTS =
      List.of(
          "My sister wants to borrow my car again and I do not know how to tell her no.",
          "My brother forgot our mother's birthday and now he wants me to lie about it.",
          "TL;DR: sister borrows the car too often. Grüße, Ängste, 你好, 🙂🙃.");

  private TestModels() {}

  /** All ids have texts. */
  public static Vocabulary vocabulary(DecoderConfig config) {
    return vocabulary(config.vocabularySize(), config.vocabularySize());
  }

  public static Vocabulary vocabulary(int size, int known) {
    return new Vocabulary(size, known, BEGINNING, Set.of(END), List.of(PADDING, BEGINNING));
  }

  /** Writes a model folder; its weights depend on the seed alone. */
  public static Path save(Path folder, DecoderConfig config, ScoreScale scale, long seed) {
    Path tokenizer = folder.resolveSibling(folder.getFileName() + "-tokenizer.json");
    BpeTrainer.train(TEXTS, config.vocabularySize(), tokenizer);
    ModelFolder.save(folder, config, scale, tokenizer, weights(config, seed));
    return folder;
  }

  public static Path save(Path folder, DecoderConfig config, long seed) {
    return save(folder, config, ScoreScale.IDENTITY, seed);
  }

  /** A {@link #TALKING} model with the tokenizer and the chat template of a family of models. */
  public static Path saveTalking(Path folder, String family, Head head, long seed) {
    try {
      Path parent = Files.createDirectories(folder.resolveSibling(folder.getFileName() + "-files"));
      Path files = Golden.tokenizer(family, parent);
      DecoderConfig config = TALKING.withHead(head);
      Path tokenizer = files.resolve("tokenizer.json");
      ModelFolder.save(folder, config, ScoreScale.IDENTITY, tokenizer, weights(config, seed));
      for (String name : List.of("chat_template.jinja", "generation_config.json")) {
        if (Files.exists(files.resolve(name))) {
          Files.copy(
              files.resolve(name), folder.resolve(name), StandardCopyOption.REPLACE_EXISTING);
        }
      }
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * A policy whose logits are the same everywhere: the last norm gives nothing but its bias, which
   * reads the first column of the embedding.
   *
   * @param logits of single characters; all other tokens have -5
   */
  public static Path saveConstant(Path folder, Map<Character, Double> logits) {
    Weights weights = weights(TINY, 7);
    FloatBuffer gain = weights.get("transformer.ln_f.weight");
    FloatBuffer bias = weights.get("transformer.ln_f.bias");
    for (int i = 0; i < TINY.width(); i++) {
      gain.put(i, 0);
      bias.put(i, i == 0 ? 1 : 0);
    }
    FloatBuffer embedding = weights.get("transformer.wte.weight");
    for (int id = 0; id < TINY.vocabularySize(); id++) {
      embedding.put(id * TINY.width(), -5);
    }
    logits.forEach((letter, logit) -> embedding.put(id(letter) * TINY.width(), logit.floatValue()));
    Path tokenizer = folder.resolveSibling(folder.getFileName() + "-tokenizer.json");
    BpeTrainer.train(TEXTS, TINY.vocabularySize(), tokenizer);
    ModelFolder.save(folder, TINY, ScoreScale.IDENTITY, tokenizer, weights);
    return folder;
  }

  /** The alphabet of bytes begins with '!' after three special tokens. */
  public static int id(char letter) {
    return letter - '!' + 3;
  }

  /** Norms near 1, everything else normal: wide enough that distributions are not flat. */
  public static Weights weights(DecoderConfig config, long seed) {
    var random = new Random(seed);
    Weights weights = Weights.allocate(config.parameters());
    for (TensorSpec spec : config.parameters()) {
      boolean gain = spec.shape().size() == 1 && spec.name().endsWith("weight");
      FloatBuffer numbers = weights.get(spec.name());
      while (numbers.hasRemaining()) {
        numbers.put((float) ((gain ? 1 : 0) + 0.15 * random.nextGaussian()));
      }
    }
    return weights;
  }

  /** Engines with that many slots, on two threads. */
  public static Models models(int slots) {
    return models(slots, Clock.systemUTC());
  }

  public static Models models(int slots, Clock clock) {
    return models(new EngineConfig(slots, ComputeConfig.threads(2), 10_000), clock);
  }

  /** One slot, and these limits on what is scored together. */
  static Models models(ScoringConfig scoring) {
    return models(
        new EngineConfig(1, ComputeConfig.threads(2), 10_000).scoring(scoring), Clock.systemUTC());
  }

  private static Models models(EngineConfig settings, Clock clock) {
    return new Models(
        settings,
        clock,
        name ->
            cause -> {
              throw new AssertionError(name + " broke down", cause);
            });
  }

  /** A prompt of that many tokens, the beginning token first. */
  public static int[] prompt(DecoderConfig config, int tokens, long seed) {
    var random = new Random(seed);
    int[] ids = random.ints(tokens, 3, config.vocabularySize()).toArray();
    ids[0] = BEGINNING;
    return ids;
  }
}
